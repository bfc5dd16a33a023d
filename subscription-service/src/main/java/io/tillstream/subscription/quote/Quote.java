package io.tillstream.subscription.quote;

import java.time.Instant;
import java.util.UUID;

/**
 * One promise: this change of this subscription, by this user, costs this much until then. Amounts in the currency's
 * smallest unit.
 *
 * @param id of this quote alone: it is good for one change
 * @param state what the subscription was when this was reckoned, see {@link QuoteFingerprint}
 * @param prorationDate the second up to which the old plan is counted, and from which the new one is
 * @param total of the invoice that the change makes; below zero it is a credit
 * @param amountDue what of it is taken at once
 */
public record Quote(
        UUID id,
        String userId,
        UUID subscriptionId,
        String state,
        String planId,
        String priceId,
        int quantity,
        long prorationDate,
        long total,
        long amountDue,
        String currency,
        Instant expiresAt) {

    /** The last moment is the one before {@code expiresAt}. */
    boolean isExpired(Instant now) {
        return !now.isBefore(expiresAt);
    }
}
