package io.tillstream.payment.payable;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.stripe.RetryableDeclines;
import io.tillstream.stripeevents.CustomerFacingDecline;
import io.tillstream.stripeevents.PaymentIntentState;
import org.jspecify.annotations.Nullable;

/**
 * Why a payment failed.
 *
 * @param code stable; Stripe's where it is Stripe's
 * @param retryable whether the same card may work on another try
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "PaymentFailure")
public record Failure(
        @Schema(example = "card_declined") String code,
        @Nullable String declineCode,

        @Schema(example = "Your card has insufficient funds.")
        String message,

        boolean retryable) {

    /** As its buyer is told of it; operators see the failure itself. */
    public Failure forBuyers() {
        CustomerFacingDecline told = CustomerFacingDecline.of(code, declineCode, message, retryable);
        return new Failure(told.code(), told.declineCode(), told.message(), told.retryable());
    }

    public static Failure of(PaymentIntentState intent) {
        String code = intent.failureCode() == null ? "card_declined" : intent.failureCode();
        String message = intent.failureMessage() == null ? "The payment failed." : intent.failureMessage();
        return new Failure(
                code, intent.declineCode(), message, RetryableDeclines.retryable(code, intent.declineCode(), null));
    }
}
