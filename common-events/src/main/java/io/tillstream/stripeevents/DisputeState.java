package io.tillstream.stripeevents;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a Dispute is known to be.
 *
 * @param amount in the currency's smallest unit
 * @param fundsWithdrawn whether Stripe has taken the money from the balance at some time
 * @param fundsReinstated whether it came back
 * @see <a href="https://docs.stripe.com/api/disputes/object">Stripe: the Dispute object</a>
 */
public record DisputeState(
        String id,
        String status,
        long amount,
        String currency,
        @Nullable String intentId,
        @Nullable String chargeId,
        @Nullable String reason,
        boolean fundsWithdrawn,
        boolean fundsReinstated) {

    /**
     * An inquiry may become a dispute; what is closed stays closed. What was lost may be won yet: a customer can take a dispute
     * back at their bank after it was decided. An appeal is open; one against what was lost already changes nothing here until
     * it is won.
     *
     * @see <a href="https://support.stripe.com/questions/lost-dispute-faq">Stripe: lost disputes</a>
     */
    private static final List<String> FORWARD = List.of(
            "warning_needs_response",
            "warning_under_review",
            "needs_response",
            "under_review",
            "appeal_needs_response",
            "appeal_under_review",
            "warning_closed",
            "prevented",
            "lost",
            "won");

    private static final int FIRST_CLOSED = FORWARD.indexOf("warning_closed");

    /**
     * Reads the object of an event.
     *
     * @throws UnreadableEvent if id, status, amount or currency is missing
     */
    public static DisputeState read(JsonNode dispute, String eventType) {
        String id = StripeJson.text(dispute, "id");
        String status = StripeJson.text(dispute, "status");
        Long amount = StripeJson.number(dispute, "amount");
        String currency = StripeJson.text(dispute, "currency");
        if (id == null || status == null || amount == null || currency == null) {
            throw new UnreadableEvent("Dispute without id, status, amount or currency");
        }
        return new DisputeState(
                id,
                status,
                amount,
                currency,
                StripeJson.id(dispute, "payment_intent"),
                StripeJson.id(dispute, "charge"),
                StripeJson.text(dispute, "reason"),
                eventType.equals("charge.dispute.funds_withdrawn"),
                eventType.equals("charge.dispute.funds_reinstated"));
    }

    /** What both tell together; the same whichever came first. */
    public DisputeState merge(DisputeState other) {
        DisputeState further = other.rank() > rank() ? other : this;
        return new DisputeState(
                id,
                further.status,
                further.amount,
                currency,
                intentId != null ? intentId : other.intentId,
                chargeId != null ? chargeId : other.chargeId,
                reason != null ? reason : other.reason,
                fundsWithdrawn || other.fundsWithdrawn,
                fundsReinstated || other.fundsReinstated);
    }

    public boolean isClosed() {
        return rank() >= FIRST_CLOSED;
    }

    /** Whether this is news of its end: it was open before, or ended otherwise. */
    public boolean endsAfter(@Nullable DisputeState known) {
        return isClosed() && (known == null || !known.status().equals(status));
    }

    /** An inquiry moves no money. */
    public boolean isInquiry() {
        return status.startsWith("warning_");
    }

    private int rank() {
        return FORWARD.indexOf(status);
    }
}
