package io.tillstream.subscription.change;

import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import java.time.Duration;
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
 * @param withdrawnAt when its user took it back before Stripe had answered; null: they did not
 */
record Change(
        UUID id,
        UUID requestId,
        UUID subscriptionId,
        ChangeTerms wanted,
        @Nullable Long prorationDate,
        Status status,
        @Nullable String why,
        Instant createdAt,
        @Nullable Instant withdrawnAt) {

    /** Its user does not expect it any more after that, and Stripe knows its key far longer. */
    private static final Duration ASKED_FOR = Duration.ofMinutes(10);

    /** Above what a call lasts that was begun in time: three tries of 30 s, with their rests and turns. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(5);

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

    /** Whether Stripe may be asked for it, by whomever; later, or once it was taken back, it is only looked for. */
    boolean mayBeAskedFor(Instant now) {
        return withdrawnAt == null && now.isBefore(createdAt.plus(ASKED_FOR));
    }

    /** Whether no request of ours for it can be under way any more, so that what Stripe does not show was not done. */
    boolean isProvable(Instant now) {
        Instant last = withdrawnAt == null ? createdAt.plus(ASKED_FOR) : withdrawnAt;
        return now.isAfter(last.plus(LONGEST_CALL));
    }

    /** Whether Stripe has done it, also where its payment is missing yet. */
    boolean isIn(StripeSubscriptionState snapshot) {
        boolean inForce = snapshot.items().stream()
                .anyMatch(item -> wanted.priceId().equals(item.priceId()) && item.quantity() == wanted.quantity());
        return inForce || isPendingIn(snapshot);
    }

    /** The same, and it is no earlier one to the same terms that waits, as one did by what was known here before. */
    boolean isSurelyIn(StripeSubscriptionState snapshot, Subscription known) {
        return isIn(snapshot) && (known.pending() == null || !isPendingIn(snapshot));
    }

    /** Whether it is made and paid, as the subscription is known here. */
    boolean isInForce(Subscription subscription) {
        return wanted.priceId().equals(subscription.terms().stripePriceId())
                && wanted.quantity() == subscription.quantity();
    }

    /** Whether its payment is all that is missing. */
    boolean isPendingIn(StripeSubscriptionState snapshot) {
        var pending = snapshot.pending();
        return pending != null
                && wanted.priceId().equals(pending.priceId())
                && (pending.quantity() == null || pending.quantity() == wanted.quantity());
    }
}
