package io.tillstream.subscription.access;

import java.util.Locale;

/** How it stands with the payment of a subscription that is not simply paid. */
public enum PaymentProblem {
    /** A payment failed and Stripe goes on trying. */
    PAST_DUE,
    /** Stripe has given up trying; invoices are drafted and not collected. */
    UNPAID,
    /** The trial ended and there is no way to pay. */
    PAUSED,
    /** Invoices are not collected, because somebody said so. */
    COLLECTION_PAUSED,
    /** The bank of whoever paid wants the money back, or has got it. */
    DISPUTED,
    /** What was paid for the running period was given back. */
    REFUNDED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
