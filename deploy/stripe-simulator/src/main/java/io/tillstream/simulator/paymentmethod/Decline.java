package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.StripeError;
import org.jspecify.annotations.Nullable;

/**
 * Why a card says no. Codes and decline codes of Stripe's test cards: docs.stripe.com/testing, docs.stripe.com/declines/codes;
 * the sentences are those of its API's answers.
 */
public enum Decline {
    GENERIC("card_declined", "generic_decline", "Your card was declined."),
    INSUFFICIENT_FUNDS("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    LOST("card_declined", "lost_card", "Your card was declined."),
    STOLEN("card_declined", "stolen_card", "Your card was declined."),
    FRAUDULENT("card_declined", "fraudulent", "Your card was declined."),
    VELOCITY(
            "card_declined",
            "card_velocity_exceeded",
            "Your card was declined for making repeated attempts too frequently or exceeding its amount limit."),
    EXPIRED("expired_card", null, "Your card has expired."),
    INCORRECT_CVC("incorrect_cvc", null, "Your card's security code is incorrect."),
    PROCESSING_ERROR(
            "processing_error", null, "An error occurred while processing your card. Try again in a little bit."),
    AUTHENTICATION_REQUIRED(
            "authentication_required",
            "authentication_required",
            "Your card was declined. This transaction requires authentication."),
    AUTHENTICATION_FAILED(
            "payment_intent_authentication_failure",
            null,
            "We are unable to authenticate your payment method. Please choose a different payment method and try again.");

    private final String code;
    private final @Nullable String declineCode;
    private final String message;

    Decline(String code, @Nullable String declineCode, String message) {
        this.code = code;
        this.declineCode = declineCode;
        this.message = message;
    }

    public String code() {
        return code;
    }

    public @Nullable String declineCode() {
        return declineCode;
    }

    public String message() {
        return message;
    }

    public StripeError error() {
        return StripeError.card(code, declineCode, message);
    }
}
