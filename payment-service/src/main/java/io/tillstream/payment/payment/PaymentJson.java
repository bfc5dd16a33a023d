package io.tillstream.payment.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.payment.payable.Failure;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.refund.Refund;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.web.docs.AllowableValues;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Payments as JSON. */
final class PaymentJson {

    private PaymentJson() {}

    /** For other services. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Internal(
            UUID id,
            String reference,
            String status,
            long amount,
            String currency,
            @Nullable String stripePaymentIntentId,
            @Nullable String stripeCheckoutSessionId,
            @Nullable Long amountReceived,
            @Nullable String clientSecret,
            @Nullable String checkoutUrl,
            @Nullable Failure failure,
            @Nullable Intent intent) {

        static Internal of(PaymentResult asked) {
            return of(asked.payment(), asked.clientSecret(), asked.checkoutUrl());
        }

        static Internal of(Payment payment) {
            return of(payment, null, null);
        }

        private static Internal of(Payment payment, @Nullable String secret, @Nullable String url) {
            return new Internal(
                    payment.id(),
                    payment.reference(),
                    payment.status().shown(),
                    payment.money().amount(),
                    payment.money().currency(),
                    payment.intentId(),
                    payment.sessionId(),
                    payment.status() == PaymentStatus.SUCCEEDED ? payment.received() : null,
                    secret,
                    url,
                    payment.failure(),
                    Intent.of(payment.known().intent()));
        }
    }

    /** What Stripe was last known to say of the intent. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Intent(String id, String status, long amount, long amountReceived, String currency, long created) {
        static @Nullable Intent of(@Nullable PaymentIntentState fact) {
            return fact == null
                    ? null
                    : new Intent(
                            fact.id(),
                            fact.status(),
                            fact.amount(),
                            fact.amountReceived(),
                            fact.currency(),
                            fact.asOf());
        }
    }

    /** For its user. */
    @Schema(name = "Payment")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Public(
            UUID id,
            @Schema(description = "The order it was for") String orderId,

            @Schema(allowableValues = {"succeeded", "processing", "action_required", "failed"})
            String status,

            @AllowableValues(Method.class) String method,
            long amount,
            String currency,

            @Schema(description = "What was given back of it")
            long amountRefunded,

            List<RefundShown> refunds,
            @Nullable String receiptUrl,
            @Nullable Failure failure,
            Instant createdAt) {

        static Public of(Payment payment, List<Refund> refunds) {
            long back = refunds.stream()
                    .filter(refund -> refund.status().givesBack())
                    .mapToLong(refund -> refund.money().amount())
                    .sum();
            return new Public(
                    payment.id(),
                    payment.reference(),
                    payment.status().shown(),
                    payment.method().text(),
                    payment.money().amount(),
                    payment.money().currency(),
                    back,
                    refunds.stream().map(RefundShown::of).toList(),
                    payment.known().receiptUrl(),
                    payment.failure() == null ? null : payment.failure().forBuyers(),
                    payment.createdAt());
        }
    }

    /** A refund of a user's payment; an operator's note stays inside. */
    @Schema(name = "PaymentRefund")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RefundShown(
            UUID id,

            @Schema(allowableValues = {"pending", "requires_action", "succeeded", "failed", "canceled"})
            String status,

            long amount,
            String currency,

            @Schema(example = "requested_by_customer") @Nullable
            String reason,

            Instant createdAt) {
        static RefundShown of(Refund refund) {
            return new RefundShown(
                    refund.id(),
                    refund.status().shown(),
                    refund.money().amount(),
                    refund.money().currency(),
                    refund.reason(),
                    refund.createdAt());
        }
    }
}
