package io.tillstream.payment.refund;

import java.util.Locale;

/** A refund only goes forward, in this order; it can fail after it succeeded. */
public enum RefundStatus {
    /** The amount is reserved, Stripe has not been asked, or we do not know that it was. */
    INITIATED,
    /** Stripe was asked and the answer is missing. */
    UNKNOWN,
    /** Stripe refused it, but we owe or promised it: it is tried again. */
    DELAYED,
    /** Stripe will not make it. */
    REFUSED,
    PENDING,
    REQUIRES_ACTION,
    CANCELED,
    SUCCEEDED,
    FAILED;

    boolean canBecome(RefundStatus next) {
        return next.compareTo(this) > 0;
    }

    /** Whether Stripe is asked for it, or will be. */
    boolean isOpen() {
        return switch (this) {
            case INITIATED, UNKNOWN, DELAYED -> true;
            case REFUSED, PENDING, REQUIRES_ACTION, CANCELED, SUCCEEDED, FAILED -> false;
        };
    }

    /** Whether Stripe may make it or refuse it yet, by a request that is under way or without an answer. */
    boolean isOnlyAskedFor() {
        return switch (this) {
            case INITIATED, UNKNOWN -> true;
            case DELAYED, REFUSED, PENDING, REQUIRES_ACTION, CANCELED, SUCCEEDED, FAILED -> false;
        };
    }

    /** Whether its amount is given back or may be. */
    public boolean givesBack() {
        return switch (this) {
            case INITIATED, UNKNOWN, PENDING, REQUIRES_ACTION, SUCCEEDED -> true;
            case DELAYED, REFUSED, CANCELED, FAILED -> false; // what is delayed waits for nobody who gives it back now
        };
    }

    /** Whether its amount is on its way to the buyer, as far as Stripe can say. */
    boolean isGone() {
        return switch (this) {
            case PENDING, REQUIRES_ACTION, SUCCEEDED -> true;
            case INITIATED, UNKNOWN, DELAYED, REFUSED, CANCELED, FAILED -> false;
        };
    }

    /** The word of the API: Stripe's. */
    public String shown() {
        return switch (this) {
            case INITIATED, UNKNOWN, DELAYED -> "pending";
            case REFUSED -> "failed";
            case PENDING, REQUIRES_ACTION, CANCELED, SUCCEEDED, FAILED -> text();
        };
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A status that Stripe may add later says no more than that the refund is there. */
    static RefundStatus ofStripe(String status) {
        return switch (status) {
            case "requires_action" -> REQUIRES_ACTION;
            case "canceled" -> CANCELED;
            case "succeeded" -> SUCCEEDED;
            case "failed" -> FAILED;
            default -> PENDING;
        };
    }

    static RefundStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
