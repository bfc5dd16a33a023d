package io.tillstream.subscription.invoice;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An invoice of one of our subscriptions, as it is known here.
 *
 * @param refunded what of its payment went back, in its currency's smallest unit; see moneyback
 * @param actionAttempt the newest attempt that the bank wanted to see the user for; 0: none
 * @param failedAt when the first attempt failed, or the invoice became overdue, on Stripe's clock
 * @param asOf created of the newest event that was applied, Stripe's seconds
 * @param ahead the snapshot was read and may be newer than {@code asOf} says
 */
record Invoice(
        InvoiceState bill,
        UUID subscriptionId,
        String userId,
        boolean everPaid,
        long refunded,
        int actionAttempt,
        @Nullable Instant failedAt,
        long asOf,
        String fingerprint,
        boolean ahead) {

    String id() {
        return bill.id();
    }

    InvoiceStatus status() {
        return bill.status();
    }

    /** Whether the user can and should pay it now. */
    boolean isOwed() {
        return (status() == InvoiceStatus.OPEN || status() == InvoiceStatus.UNCOLLECTIBLE)
                && bill.amounts().remaining() > 0;
    }

    /** Whether the bank waits for the user, for 3-D Secure for instance. */
    boolean actionRequired() {
        return status() == InvoiceStatus.OPEN && actionAttempt > 0 && actionAttempt >= bill.attempts();
    }
}
