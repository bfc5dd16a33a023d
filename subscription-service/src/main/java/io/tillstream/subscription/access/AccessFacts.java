package io.tillstream.subscription.access;

import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All that access by a subscription depends on.
 *
 * @param earned something was paid for it, or it has or had a trial
 * @param everPaidMoney some of what was paid was money or credit, and not a bill of nothing as a trial's; asked only while one is not paid
 * @param uncollected invoices are not collected, or the newest was dropped in a pause
 * @param unpaidSince since when an invoice is open, of which a bank debit may be on its way; null: none is
 * @param owedSince since when the newest invoice is owed; for a paused one, since when there is no way to pay
 * @param paidUntil the end of what the newest invoice that was paid covers, or of the trial
 * @param periodEnd of what is paid or owed now; in a trial its end
 * @param cancelAt when it is to end
 * @param disputedSince since when what was paid is disputed; null: it is not
 * @param refundedSince since when what was paid for the running period is given back; null: it is not
 */
record AccessFacts(
        SubscriptionStatus status,
        boolean earned,
        boolean everPaidMoney,
        boolean uncollected,
        @Nullable Instant unpaidSince,
        Instant owedSince,
        Instant paidUntil,
        @Nullable Instant periodEnd,
        @Nullable Instant cancelAt,
        @Nullable Instant disputedSince,
        @Nullable Instant refundedSince) {

    static AccessFacts of(Subscription subscription, SubscriptionPaymentSummary bills, boolean everPaidMoney) {
        Instant told = Instant.ofEpochSecond(subscription.knowledge().asOf());
        return new AccessFacts(
                subscription.status(),
                bills.newestPaid() != null || subscription.period().trialEnd() != null,
                everPaidMoney,
                subscription.pause() != null || bills.dropped(),
                bills.unpaidSince(),
                owedSince(subscription, bills, told),
                first(bills.paidUntil(), first(subscription.period().trialEnd(), subscription.createdAt())),
                end(subscription),
                subscription.ending().cancelAt(),
                bills.disputedSince(),
                bills.refundedSince());
    }

    private static Instant owedSince(Subscription subscription, SubscriptionPaymentSummary bills, Instant told) {
        if (subscription.status() == SubscriptionStatus.PAUSED) {
            return first(subscription.period().trialEnd(), told);
        }
        return first(bills.owedSince(), first(subscription.billing().pastDueSince(), told));
    }

    private static @Nullable Instant end(Subscription subscription) {
        Instant trialEnd = subscription.period().trialEnd();
        boolean inTrial = subscription.status() == SubscriptionStatus.TRIALING && trialEnd != null;
        return inTrial ? trialEnd : subscription.period().end();
    }

    private static Instant first(@Nullable Instant known, Instant otherwise) {
        return known != null ? known : otherwise;
    }
}
