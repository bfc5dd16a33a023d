package io.tillstream.subscription.moneyback;

import io.tillstream.events.Money;
import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripeevents.RefundState;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A refund of an invoice that we make.
 *
 * @param money what an operator wants, or all that came too late
 * @param rest how much of that is still to be given back
 * @param keys under how many keys Stripe has refused it: it repeats what it answered to a key
 * @param why it was refused or flagged
 */
record InvoiceRefund(
        UUID id,
        String invoiceId,
        Purpose purpose,
        Money money,
        long rest,
        @Nullable String reason,
        Status status,
        @Nullable String stripeRefundId,
        @Nullable String why,
        int keys) {

    /** Why one is done that was not made itself. */
    static final String GIVEN_BACK_OTHERWISE = "given_back_otherwise";

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
        FLAGGED,
        /** An operator said that it is not owed any more. */
        DISMISSED
    }

    /** Whether one of Stripe's that names it can be the one that was asked for. */
    boolean mayBe(RefundState made) {
        return made.amount() == rest
                && made.currency().equals(money.currency())
                && (stripeRefundId == null || stripeRefundId.equals(made.id()));
    }

    /** Another amount is another request for Stripe. */
    String key() {
        String key = keys == 0 ? id.toString() : id + ":" + keys;
        return rest == money.amount() ? key : key + ":" + rest;
    }

    /** Whether Stripe has refused it twice for a reason that no other try changes: one may be of what was not heard of yet. */
    boolean cannotPass(String code) {
        return why != null && !RefusalReason.passes(why) && !RefusalReason.passes(code);
    }
}
