package io.tillstream.order.order;

import java.util.UUID;

/** Why an order moved: kind and id of something that is on record. */
public record Cause(String kind, String id, String what) {

    /** A user's or operator's request; {@code id} is the order's or attempt's. */
    public static Cause request(String what, UUID id) {
        return new Cause("request", id.toString(), what);
    }

    /** What payment-service answered to an attempt to pay. */
    public static Cause paymentAnswer(UUID attemptId) {
        return new Cause("payment_answer", attemptId.toString(), "POST /internal/payments");
    }

    /** An event of Stripe's. */
    public static Cause stripeEvent(String eventId, String type) {
        return new Cause("stripe_event", eventId, type);
    }

    /** We asked payment-service what became of the order's payments. */
    public static Cause question(UUID orderId) {
        return new Cause("question", orderId.toString(), "GET /internal/payables");
    }
}
