package io.tillstream.order.order;

/**
 * Where an order stands.
 *
 * <pre>
 *   AWAITING_PAYMENT ⇄ PAYMENT_PROCESSING ⇄ ACTION_REQUIRED ⇄ PAYMENT_FAILED     (open: any to any)
 *          │                     │
 *          │ canceled            │ money came
 *          ▼                     ▼
 *      CANCELED      MISMATCH → PAID ⇄ PARTIALLY_REFUNDED ⇄ REFUNDED ⇄ MISMATCH  (a refund may fail later)
 *                                ⇅             ⇅               ⇅
 *                              DISPUTED ──────────────► DISPUTE_LOST
 * </pre>
 *
 * From an open state any other can be reached in one step, as facts may arrive in any order.
 */
public enum OrderStatus {
    AWAITING_PAYMENT,
    PAYMENT_PROCESSING,
    /** The buyer has to do something, for example 3-D Secure. */
    ACTION_REQUIRED,
    /** The last try failed; it can be paid again. */
    PAYMENT_FAILED,
    PAID,
    PARTIALLY_REFUNDED,
    REFUNDED,
    DISPUTED,
    /** The bank gave the money back to the buyer. */
    DISPUTE_LOST,
    /** Nothing can be paid any more; money that comes all the same is given back by payment-service. */
    CANCELED,
    /** Stripe holds another amount or currency than the order's: needs a person. */
    MISMATCH;

    /** Whether it can be paid, or paid again. */
    public boolean isOpen() {
        return switch (this) {
            case AWAITING_PAYMENT, PAYMENT_PROCESSING, ACTION_REQUIRED, PAYMENT_FAILED -> true;
            default -> false;
        };
    }

    /** All moves of an order. PARTIALLY_REFUNDED moves to itself when more is given back. */
    public boolean canBecome(OrderStatus next) {
        return switch (this) {
            case AWAITING_PAYMENT, PAYMENT_PROCESSING, ACTION_REQUIRED, PAYMENT_FAILED -> next != this;
            case PAID, DISPUTED, DISPUTE_LOST -> next != this && next.isPaidFor();
            case REFUNDED -> next != this && (next.isPaidFor() || next == MISMATCH); // what was wrong is here again
            case PARTIALLY_REFUNDED -> next.isPaidFor();
            case MISMATCH -> next.isPaidFor();
            case CANCELED -> false;
        };
    }

    /** Whether the right money came at some time. */
    public boolean isPaidFor() {
        return switch (this) {
            case PAID, PARTIALLY_REFUNDED, REFUNDED, DISPUTED, DISPUTE_LOST -> true;
            default -> false;
        };
    }
}
