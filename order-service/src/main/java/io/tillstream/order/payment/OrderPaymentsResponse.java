package io.tillstream.order.payment;

import io.tillstream.stripeevents.DisputeState;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What payment-service knows of all the payments for one order.
 *
 * @param fresh false: Stripe could not be asked, this is what was known before
 */
public record OrderPaymentsResponse(
        String reference,
        String status,
        @Nullable List<PaymentResponse> payments,
        @Nullable List<Refund> refunds,
        @Nullable List<DisputeState> disputes,
        @Nullable Boolean fresh) {

    /** A PaymentIntent with Stripe's own status. */
    public record Intent(
            String id, String status, long amount, @Nullable Long amountReceived, String currency) {}

    /** A refund as Stripe has it; without Stripe's id it is not known there yet. Only one of several payments needs naming. */
    public record Refund(
            @Nullable String stripeRefundId,
            @Nullable String stripePaymentIntentId,
            String status,
            long amount,
            String currency) {}

    public boolean isStale() {
        return Boolean.FALSE.equals(fresh);
    }

    public List<PaymentResponse> allPayments() {
        return payments == null ? List.of() : payments;
    }

    public List<DisputeState> allDisputes() {
        return disputes == null ? List.of() : disputes;
    }

    /** The payment to which refunds belong, if there is just one with money. */
    public @Nullable String onlySucceededIntent() {
        List<String> succeeded = allPayments().stream()
                .map(PaymentResponse::intent)
                .filter(Objects::nonNull)
                .filter(intent -> intent.status().equals("succeeded"))
                .map(Intent::id)
                .toList();
        return succeeded.size() == 1 ? succeeded.get(0) : null;
    }

    public List<Refund> allRefunds() {
        return refunds == null ? List.of() : refunds;
    }
}
