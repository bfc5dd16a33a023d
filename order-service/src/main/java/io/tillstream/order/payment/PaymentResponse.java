package io.tillstream.order.payment;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.stripeevents.CustomerFacingDecline;
import io.tillstream.stripeevents.FailureKind;
import io.tillstream.web.docs.AllowableValues;
import org.jspecify.annotations.Nullable;

/**
 * What payment-service says of one payment. A decline is an answer, not an error.
 *
 * @param amountReceived what Stripe holds, in the currency's smallest unit
 * @param intent what Stripe said itself; it says more than the status
 */
public record PaymentResponse(
        @Nullable String id,
        String status,
        @Nullable Long amount,
        @Nullable String currency,
        @Nullable String stripePaymentIntentId,
        @Nullable String stripeCheckoutSessionId,
        @Nullable Long amountReceived,
        @Nullable String clientSecret,
        @Nullable String checkoutUrl,
        @Nullable Failure failure,
        OrderPaymentsResponse.@Nullable Intent intent) {

    /** Why a payment failed; {@code retryable}: another try, maybe with another card, can help. */
    @Schema(name = "OrderPaymentFailure")
    public record Failure(
            @Schema(example = "card_declined") String code,
            @Nullable String declineCode,

            @Schema(example = "Your card has insufficient funds.") @Nullable
            String message,

            boolean retryable,

            @Schema(description = "Whose fault it is") @AllowableValues(FailureKind.class) @Nullable
            String kind) {

        /** An older payment-service tells of no kind. */
        public Failure {
            kind = FailureKind.of(kind, code, declineCode).text();
        }

        /** As the buyer is told of it. */
        public Failure forBuyers() {
            String why = message == null ? "The payment failed; the order can be paid again." : message;
            CustomerFacingDecline told = CustomerFacingDecline.of(code, declineCode, why, retryable);
            return new Failure(told.code(), told.declineCode(), told.message(), told.retryable(), kind);
        }
    }

    /** Payment-service did not answer in time: the payment goes on without us. */
    static PaymentResponse unknown() {
        return new PaymentResponse(null, "processing", null, null, null, null, null, null, null, null, null);
    }

    public PaymentAttempt.State state() {
        return switch (status) {
            case "succeeded" -> PaymentAttempt.State.SUCCEEDED;
            case "action_required" -> PaymentAttempt.State.ACTION_REQUIRED;
            case "failed" -> PaymentAttempt.State.FAILED;
            default -> PaymentAttempt.State.PROCESSING;
        };
    }
}
