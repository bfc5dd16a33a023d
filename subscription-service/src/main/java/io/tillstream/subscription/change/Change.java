package io.tillstream.subscription.change;

import io.tillstream.subscription.subscription.StripeSubscriptionState;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change that was begun.
 *
 * @param id of the quote, or of the request where there was none
 * @param requestId the one request that may go on with it
 * @param prorationDate Stripe's seconds, as quoted; null: the moment Stripe is asked
 * @param why it was refused
 */
record Change(
        UUID id,
        UUID requestId,
        UUID subscriptionId,
        ChangeTerms wanted,
        @Nullable Long prorationDate,
        Status status,
        @Nullable String why,
        Instant createdAt) {

    /** What is to be paid for in which of the subscription's items, in Stripe's ids. */
    record ChangeTerms(String planId, String priceId, String itemId, int quantity) {}

    enum Status {
        /** Stripe is being asked, or has not answered. */
        ASKED,
        /** In force, or waiting for its payment; which of them the subscription says. */
        DONE,
        REFUSED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** Whether Stripe has done it, also where its payment is missing yet. */
    boolean isIn(StripeSubscriptionState snapshot) {
        boolean inForce = snapshot.items().stream()
                .anyMatch(item -> wanted.priceId().equals(item.priceId()) && item.quantity() == wanted.quantity());
        var pending = snapshot.pending();
        return inForce
                || (pending != null
                        && wanted.priceId().equals(pending.priceId())
                        && (pending.quantity() == null || pending.quantity() == wanted.quantity()));
    }
}
