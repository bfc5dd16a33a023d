package io.tillstream.stripeevents;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a Checkout Session is known to be: open, then complete or expired for ever; unpaid, then paid.
 *
 * @param amountTotal in the currency's smallest unit
 * @param paymentStatus paid, unpaid or no_payment_required
 * @param asyncFailed whether a delayed payment of the complete session failed
 * @see <a href="https://docs.stripe.com/api/checkout/sessions/object">Stripe: the Session object</a>
 */
public record CheckoutSessionState(
        String id,
        String mode,
        String status,
        String paymentStatus,
        @Nullable Long amountTotal,
        @Nullable String currency,
        @Nullable String intentId,
        @Nullable String customerId,
        boolean asyncFailed) {

    /**
     * Reads the object of an event.
     *
     * @throws UnreadableEvent if id or mode is missing
     */
    public static CheckoutSessionState read(JsonNode session, String eventType) {
        String id = StripeJson.text(session, "id");
        String mode = StripeJson.text(session, "mode");
        if (id == null || mode == null) {
            throw new UnreadableEvent("Checkout Session without id or mode");
        }
        String status = StripeJson.text(session, "status");
        String paymentStatus = StripeJson.text(session, "payment_status");
        return new CheckoutSessionState(
                id,
                mode,
                status != null ? status : statusOf(eventType),
                paymentStatus != null ? paymentStatus : "unpaid",
                StripeJson.number(session, "amount_total"),
                StripeJson.text(session, "currency"),
                StripeJson.id(session, "payment_intent"),
                StripeJson.id(session, "customer"),
                eventType.equals("checkout.session.async_payment_failed"));
    }

    /** What both tell together; the same whichever came first. */
    public CheckoutSessionState merge(CheckoutSessionState other) {
        boolean otherEnded = status.equals("open") && !other.status.equals("open");
        boolean otherPaid = paymentStatus.equals("unpaid") && !other.paymentStatus.equals("unpaid");
        return new CheckoutSessionState(
                id,
                mode,
                otherEnded ? other.status : status,
                otherPaid ? other.paymentStatus : paymentStatus,
                amountTotal != null ? amountTotal : other.amountTotal,
                currency != null ? currency : other.currency,
                intentId != null ? intentId : other.intentId,
                customerId != null ? customerId : other.customerId,
                asyncFailed || other.asyncFailed);
    }

    private static String statusOf(String eventType) {
        return switch (eventType) {
            case "checkout.session.expired" -> "expired";
            case "checkout.session.completed",
                    "checkout.session.async_payment_succeeded",
                    "checkout.session.async_payment_failed" -> "complete";
            default -> "open";
        };
    }
}
