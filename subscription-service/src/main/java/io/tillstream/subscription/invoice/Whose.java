package io.tillstream.subscription.invoice;

import io.tillstream.subscription.subscription.Subscription;

/** To whom a bill belongs. */
sealed interface Whose {

    record Ours(Subscription subscription) implements Whose {}

    /** Its subscription will be ours, and is not known yet. */
    record Waiting(String stripeSubscriptionId) implements Whose {}

    record Foreign(String why) implements Whose {}

    /** The payload does not say. */
    record Untold() implements Whose {}
}
