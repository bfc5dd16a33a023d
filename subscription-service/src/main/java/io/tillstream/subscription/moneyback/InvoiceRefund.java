package io.tillstream.subscription.moneyback;

import io.tillstream.events.Money;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A refund of an invoice that we make.
 *
 * @param keys under how many keys Stripe has refused it: it repeats what it answered to a key
 * @param why it was refused or flagged
 */
record InvoiceRefund(
        UUID id,
        String invoiceId,
        Purpose purpose,
        Money money,
        @Nullable String reason,
        Status status,
        @Nullable String stripeRefundId,
        @Nullable String why,
        int keys) {

    enum Purpose {
        /** An operator's. */
        REQUESTED,
        /** The money came after the subscription had ended. */
        LATE_PAYMENT
    }

    enum Status {
        /** Stripe is being asked, or will be. */
        ASKED,
        DONE,
        REFUSED,
        /** A person has to see to it. */
        FLAGGED
    }

    String key() {
        return keys == 0 ? id.toString() : id + ":" + keys;
    }
}
