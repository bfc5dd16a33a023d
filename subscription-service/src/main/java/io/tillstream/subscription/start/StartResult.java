package io.tillstream.subscription.start;

import io.tillstream.subscription.answers.IntentError;
import io.tillstream.subscription.subscription.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * What became of a start.
 *
 * @param settled whether Stripe has answered
 * @param isNew whether it was begun for this request, or was there already
 * @param secret for the browser, where it has something to do
 * @param declined the saved card was declined: the start is over
 */
record StartResult(
        Subscription subscription,
        boolean settled,
        boolean isNew,
        @Nullable Secret secret,
        @Nullable Declined declined) {

    /** {@code purpose} is payment or setup: whether the first invoice is paid with it, or a card is kept for later ones. */
    record Secret(String value, String purpose) {
        @Override
        public String toString() {
            return "Secret[" + purpose + "]";
        }
    }

    /**
     * The first try to pay failed.
     *
     * @param fault where that is nobody's no
     */
    record Declined(
            String code,
            @Nullable String declineCode,
            String message,
            boolean retryable,
            @Nullable IntentError fault) {
        Declined(String code, @Nullable String declineCode, String message, boolean retryable) {
            this(code, declineCode, message, retryable, null);
        }
    }

    static StartResult unsettled(Subscription subscription) {
        return new StartResult(subscription, false, true, null, null);
    }

    static StartResult of(Subscription subscription, @Nullable Secret secret) {
        return new StartResult(subscription, true, true, secret, null);
    }

    static StartResult declined(Subscription subscription, Declined why) {
        return new StartResult(subscription, true, true, null, why);
    }

    StartResult found() {
        return new StartResult(subscription, settled, false, secret, declined);
    }

    @Override
    public String toString() {
        return "Started[" + subscription.id() + "]"; // never the secret
    }
}
