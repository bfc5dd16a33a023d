package io.tillstream.subscription.invoice;

import io.tillstream.subscription.subscription.Subscription;

/** To whom an invoice belongs. */
sealed interface InvoiceOwnership {

    record Ours(Subscription subscription) implements InvoiceOwnership {}

    /** Its subscription will be ours, and is not known yet. */
    record Waiting(String stripeSubscriptionId) implements InvoiceOwnership {}

    record Foreign(String why) implements InvoiceOwnership {}

    /** The payload does not say. */
    record Untold() implements InvoiceOwnership {}
}
