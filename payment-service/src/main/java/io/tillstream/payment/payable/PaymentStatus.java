package io.tillstream.payment.payable;

import java.util.Locale;

/** Where one attempt stands, and all its moves. */
public enum PaymentStatus {
    /** The row is there, Stripe has not been asked, or we do not know that it was. */
    INITIATED,
    /** Stripe was asked and the answer is missing. */
    UNKNOWN,
    /** The buyer has something to do. */
    ACTION_REQUIRED,
    /** Stripe is at it. */
    PROCESSING,
    SUCCEEDED,
    /** This try failed; while its intent lives at Stripe, a browser that holds its secret may still succeed with it. */
    FAILED,
    CANCELED,
    /** Stripe holds money, but not what was owed: a person has to look. */
    MISMATCHED;

    public boolean canBecome(PaymentStatus next) {
        if (next == this || next == INITIATED) {
            return false;
        }
        return switch (this) {
            case INITIATED -> true;
            case UNKNOWN, ACTION_REQUIRED, PROCESSING, FAILED -> next != UNKNOWN;
            case CANCELED -> next == SUCCEEDED || next == MISMATCHED; // money at Stripe is the truth
            case SUCCEEDED, MISMATCHED -> false;
        };
    }

    /** Whether it may still bring money without a new attempt, or holds money that a person has to look at. */
    boolean active() {
        return switch (this) {
            case INITIATED, UNKNOWN, ACTION_REQUIRED, PROCESSING, MISMATCHED -> true;
            case SUCCEEDED, FAILED, CANCELED -> false;
        };
    }

    /** Whether nobody can say yet how it ends, so that no other attempt may begin. */
    public boolean inProgress() {
        return switch (this) {
            case INITIATED, UNKNOWN, PROCESSING, MISMATCHED -> true;
            case ACTION_REQUIRED, SUCCEEDED, FAILED, CANCELED -> false;
        };
    }

    /** The word of the public API. */
    public String shown() {
        return switch (this) {
            case INITIATED, UNKNOWN, PROCESSING -> "processing";
            case ACTION_REQUIRED -> "action_required";
            case SUCCEEDED -> "succeeded";
            case FAILED, CANCELED, MISMATCHED -> "failed";
        };
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static PaymentStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
