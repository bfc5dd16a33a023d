package io.tillstream.payment.payment;

import io.tillstream.payment.payable.Failure;
import io.tillstream.stripe.StripeResult;

/** Why a payment failed that Stripe made no intent of. */
final class StripeFailures {

    static final Failure CARD_GONE =
            new Failure("payment_method_gone", null, "This card is no longer saved. Please use another one.", false);
    static final Failure CUSTOMER_GONE_AGAIN = new Failure(
            "customer_missing", null, "Please try again.", true); // somebody deletes them faster than we make them
    static final Failure NOT_TAKEN = new Failure("not_taken", null, "The payment was not taken.", true);

    private StripeFailures() {}

    static Failure of(StripeResult.Declined<?> no) {
        return new Failure(no.code(), no.declineCode(), no.message(), no.retryable());
    }

    /** Stripe's words on a wrong request are for us, not for the buyer; nothing of it is the card's fault. */
    static Failure of(StripeResult.Refused<?> no) {
        return switch (no.refusal()) {
            case TOKEN_USED -> new Failure("token_already_used", null, "This token was used before.", false);
            case PAYMENT_METHOD ->
                new Failure("payment_method_unusable", null, "This way to pay cannot be used.", false);
            case AMOUNT, SECOND_CURRENCY ->
                new Failure("amount_not_payable", null, "This amount cannot be paid in its currency.", false);
            case PROMOTION_CODE, INPUT, MISSING, STATE, OURS ->
                new Failure("request_refused", null, "The payment could not be asked for; nothing was paid.", false);
        };
    }
}
