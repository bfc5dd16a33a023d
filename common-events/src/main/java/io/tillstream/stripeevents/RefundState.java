package io.tillstream.stripeevents;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a Refund is known to be. It only goes forward, and may fail after it succeeded.
 *
 * @param amount in the currency's smallest unit
 * @see <a href="https://docs.stripe.com/api/refunds/object">Stripe: the Refund object</a>
 */
public record RefundState(
        String id,
        String status,
        long amount,
        String currency,
        @Nullable String intentId,
        @Nullable String chargeId,
        @Nullable String reason,
        @Nullable String failureReason) {

    private static final List<String> FORWARD =
            List.of("pending", "requires_action", "canceled", "succeeded", "failed");

    /**
     * Reads the object of an event or of an API answer.
     *
     * @throws UnreadableEvent if id, amount or currency is missing
     */
    public static RefundState read(JsonNode refund) {
        String id = StripeJson.text(refund, "id");
        String status = StripeJson.text(refund, "status");
        Long amount = StripeJson.number(refund, "amount");
        String currency = StripeJson.text(refund, "currency");
        if (id == null || amount == null || currency == null) {
            throw new UnreadableEvent("Refund without id, amount or currency");
        }
        return new RefundState(
                id,
                status != null ? status : "pending", // some payment methods' refunds carry none at first
                amount,
                currency,
                StripeJson.id(refund, "payment_intent"),
                StripeJson.id(refund, "charge"),
                StripeJson.text(refund, "reason"),
                StripeJson.text(refund, "failure_reason"));
    }

    /** The further one of the two, with what only the other said; the same whichever came first. */
    public RefundState merge(RefundState other) {
        RefundState further = other.rank() > rank() ? other : this;
        return new RefundState(
                id,
                further.status,
                further.amount,
                further.currency,
                intentId != null ? intentId : other.intentId,
                chargeId != null ? chargeId : other.chargeId,
                reason != null ? reason : other.reason,
                further.failureReason);
    }

    /** Whether the money is given back, or on its way. */
    public boolean givesBack() {
        return !status.equals("failed") && !status.equals("canceled");
    }

    public boolean failed() {
        return status.equals("failed");
    }

    private int rank() {
        return FORWARD.indexOf(status);
    }
}
