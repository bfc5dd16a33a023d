package io.tillstream.payment.payable;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.RetryableDeclines;
import io.tillstream.stripeevents.CustomerFacingDecline;
import io.tillstream.stripeevents.FailureKind;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.web.docs.AllowableValues;
import org.jspecify.annotations.Nullable;

/**
 * Why a payment failed.
 *
 * @param code stable; Stripe's where the bank said no
 * @param retryable whether the same card may work on another try
 * @param kind a {@link FailureKind}, set where Stripe is read; of what was stored without, by its code
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "PaymentFailure")
public record Failure(
        @Schema(example = "card_declined") String code,
        @Nullable String declineCode,

        @Schema(example = "Your card has insufficient funds.")
        String message,

        boolean retryable,

        @Schema(description = "Whose fault it is") @AllowableValues(FailureKind.class) @Nullable
        String kind) {

    private static final String STRIPES_FAULT = "api_error"; // its type of error for that

    public Failure {
        kind = FailureKind.of(kind, code, declineCode).text();
    }

    public Failure(String code, @Nullable String declineCode, String message, boolean retryable, FailureKind kind) {
        this(code, declineCode, message, retryable, kind.text());
    }

    /** As its buyer is told of it; operators see the failure itself. */
    public Failure forBuyers() {
        CustomerFacingDecline told = CustomerFacingDecline.of(code, declineCode, message, retryable);
        return new Failure(told.code(), told.declineCode(), told.message(), told.retryable(), kind);
    }

    /** Why the last try to pay an intent failed: only the bank's no keeps Stripe's words. */
    public static Failure of(PaymentIntentState intent) {
        String code = intent.failureCode() == null ? "card_declined" : intent.failureCode();
        String type = intent.failureType();
        String message = intent.failureMessage() == null ? "The payment failed." : intent.failureMessage();
        if (type == null || RetryableDeclines.isDecline(type, code, intent.declineCode())) {
            boolean retryable = RetryableDeclines.retryable(code, intent.declineCode(), null);
            return new Failure(code, intent.declineCode(), message, retryable, FailureKind.DECLINED);
        }
        return type.equals(STRIPES_FAULT)
                ? new Failure(
                        "stripe_error", null, "Nothing was paid. Please try again.", true, FailureKind.UNAVAILABLE)
                : of(RefusalReason.of(code, null, message));
    }

    /** Stripe's words on a wrong request are for us, not for the buyer; nothing of it is the card's fault. */
    public static Failure of(RefusalReason why) {
        return switch (why) {
            case TOKEN_USED ->
                new Failure("token_already_used", null, "This token was used before.", false, FailureKind.UNUSABLE);
            case PAYMENT_METHOD ->
                new Failure(
                        "payment_method_unusable",
                        null,
                        "This way to pay cannot be used.",
                        false,
                        FailureKind.UNUSABLE);
            case AMOUNT, SECOND_CURRENCY ->
                new Failure(
                        "amount_not_payable",
                        null,
                        "This amount cannot be paid in its currency.",
                        false,
                        FailureKind.UNUSABLE);
            case PROMOTION_CODE, INPUT, MISSING, STATE, OURS ->
                new Failure(
                        "request_refused",
                        null,
                        "The payment could not be asked for; nothing was paid.",
                        false,
                        FailureKind.FAULT);
        };
    }
}
