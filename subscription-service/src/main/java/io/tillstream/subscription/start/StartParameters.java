package io.tillstream.subscription.start;

import io.tillstream.subscription.subscription.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that Stripe is asked for a start, kept with the row: the same question can be asked again, by another process and
 * after plans have changed.
 *
 * @param trialDays 0 without a trial
 * @param promotionCode as it was typed; {@code promotionCodeId} is Stripe's name for it
 * @param page where it is paid on a page of Stripe's
 */
record StartParameters(
        String customerId,
        String planId,
        String priceId,
        int quantity,
        String currency,
        int trialDays,
        @Nullable String paymentMethodId,
        @Nullable String promotionCode,
        @Nullable String promotionCodeId,
        @Nullable StripePage page) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Above what a call lasts that was begun in time: three tries of 30 s, with their rests and turns. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(5);

    /** After that a start is provable, a minute later, as the database's clock may be ahead. */
    static final Duration PROOF = Subscription.KEY_IS_KNOWN.plus(LONGEST_CALL).plusMinutes(1);

    /** A page of Stripe's, and where it sends the user afterwards. */
    record StripePage(String successUrl, @Nullable String cancelUrl, boolean embedded, boolean allowPromotionCodes) {

        StripePage withoutCodes() {
            return new StripePage(successUrl, cancelUrl, embedded, false);
        }
    }

    /** It begins with a code, or with one that is typed on its page. */
    boolean mayHaveCode() {
        return promotionCodeId != null || (page != null && page.allowPromotionCodes());
    }

    String toJson() {
        return JSON.writeValueAsString(this);
    }

    static StartParameters of(Subscription subscription) {
        return JSON.readValue(subscription.start().request(), StartParameters.class);
    }

    /** Whether Stripe may be asked for it with its key, by whomever; later it is only looked for. */
    static boolean mayBeAskedFor(Subscription start, Instant now) {
        return now.isBefore(start.createdAt().plus(Subscription.KEY_IS_KNOWN));
    }

    /** Whether no request of ours for it can be under way any more, so that what Stripe does not list has not begun. */
    static boolean isProvable(Subscription start, Instant now) {
        return now.isAfter(start.createdAt().plus(Subscription.KEY_IS_KNOWN).plus(LONGEST_CALL));
    }

    /** Whether a start like this one, still unpaid, does for this wish too: then its payment is asked for once more. */
    boolean isSameAs(StartParameters other) {
        return page == null
                && other.page == null
                && paymentMethodId == null
                && other.paymentMethodId == null
                && customerId.equals(other.customerId)
                && priceId.equals(other.priceId)
                && quantity == other.quantity
                && currency.equals(other.currency)
                && trialDays == other.trialDays
                && Objects.equals(promotionCodeId, other.promotionCodeId);
    }
}
