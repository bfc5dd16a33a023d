package io.tillstream.subscription.access;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a subscription gives access to, as a function of what is known of it and of the time. */
final class AccessLevelCalculator {

    /**
     * A card pays an invoice that is open within seconds, but one of an Indian bank 26 hours after its holder was told, and
     * Stripe's event of it may come later; a bank debit takes days.
     *
     * @see <a href="https://docs.stripe.com/india-recurring-payments">Stripe: recurring payments in India</a>
     */
    private static final Duration CARD_PAYS = Duration.ofHours(27);

    private final DunningAccessPolicy policy;

    AccessLevelCalculator(DunningAccessPolicy policy) {
        this.policy = policy;
    }

    /**
     * @param until the end of what is known to be given
     * @param changesAt when it is another grade by time alone
     */
    record GrantedAccess(
            AccessLevel grade,
            @Nullable Instant until,
            @Nullable Instant changesAt) {
        static final GrantedAccess NOTHING = new GrantedAccess(AccessLevel.NONE, null, null);

        private GrantedAccess atMost(GrantedAccess other) {
            if (grade == AccessLevel.NONE || other.grade == AccessLevel.NONE) {
                return NOTHING;
            }
            return new GrantedAccess(
                    grade.isBetterThan(other.grade) ? other.grade : grade,
                    earlier(until, other.until),
                    earlier(changesAt, other.changesAt));
        }
    }

    /** Whatever else stands against it: money that went back gives no more than the policy leaves. */
    GrantedAccess given(AccessFacts facts, Instant now) {
        GrantedAccess given = byStatus(facts, now);
        if (facts.disputedSince() != null) {
            given = given.atMost(owing(PaymentProblem.DISPUTED, facts.disputedSince(), facts, now));
        }
        return facts.refundedSince() == null
                ? given
                : given.atMost(owing(PaymentProblem.REFUNDED, facts.refundedSince(), facts, now));
    }

    private GrantedAccess byStatus(AccessFacts facts, Instant now) {
        return switch (facts.status()) {
            case STARTING, FAILED, INCOMPLETE, INCOMPLETE_EXPIRED, CANCELED -> GrantedAccess.NOTHING;
            case TRIALING -> full(facts);
            case ACTIVE ->
                facts.uncollected()
                        ? uncollected(facts, now)
                        : facts.earned() ? paid(facts, now) : GrantedAccess.NOTHING;
            case PAST_DUE -> owed(PaymentProblem.PAST_DUE, facts, now);
            case UNPAID -> owed(PaymentProblem.UNPAID, facts, now);
            case PAUSED -> owing(PaymentProblem.PAUSED, facts.owedSince(), facts, now);
        };
    }

    /**
     * Stripe calls it active also while a debit is on its way that may never pay: a trial is no longer by that, nor a first
     * period that cost nothing. Nothing is taken while a card may be charged.
     *
     * @see <a href="https://docs.stripe.com/api/subscriptions/object#subscription_object-status">Stripe: past_due once a payment
     *     failed or waits for its customer</a>
     * @see <a href="https://docs.stripe.com/payments/ach-direct-debit#timing">Stripe: a debit takes days</a>
     */
    private static GrantedAccess paid(AccessFacts facts, Instant now) {
        GrantedAccess full = full(facts);
        if (facts.unpaidSince() == null || facts.everPaidMoney()) {
            return full;
        }
        Instant end = facts.unpaidSince().plus(CARD_PAYS);
        return now.isBefore(end)
                ? new GrantedAccess(AccessLevel.FULL, earlier(full.until(), end), end)
                : GrantedAccess.NOTHING;
    }

    private static GrantedAccess full(AccessFacts facts) {
        return new GrantedAccess(AccessLevel.FULL, earlier(facts.cancelAt(), facts.periodEnd()), null);
    }

    /** What is paid is given to its end, and the policy counts from there: nobody pauses what they use. */
    private GrantedAccess uncollected(AccessFacts facts, Instant now) {
        Instant paid = facts.paidUntil();
        if (!facts.earned() || !now.isBefore(paid)) {
            return owing(PaymentProblem.COLLECTION_PAUSED, paid, facts, now);
        }
        DunningAccessPolicy.DunningState then = policy.gradeAt(PaymentProblem.COLLECTION_PAUSED, paid, paid);
        Instant blockedAt = then.grade() == AccessLevel.NONE ? paid : then.blockedAt();
        Instant changesAt = then.grade() == AccessLevel.FULL ? then.changesAt() : paid;
        return new GrantedAccess(AccessLevel.FULL, earlier(facts.cancelAt(), blockedAt), changesAt);
    }

    /**
     * Nobody who never paid keeps anything while the first invoice is owed: the days of the policy are for those who have paid
     * before, else a trial with a card that never pays is as much longer.
     */
    private GrantedAccess owed(PaymentProblem state, AccessFacts facts, Instant now) {
        return facts.everPaidMoney() ? owing(state, facts.owedSince(), facts, now) : GrantedAccess.NOTHING;
    }

    private GrantedAccess owing(PaymentProblem state, Instant since, AccessFacts facts, Instant now) {
        if (!facts.earned()) {
            return GrantedAccess.NOTHING;
        }
        DunningAccessPolicy.DunningState standing = policy.gradeAt(state, since, now);
        return standing.grade() == AccessLevel.NONE
                ? GrantedAccess.NOTHING
                : new GrantedAccess(
                        standing.grade(), earlier(facts.cancelAt(), standing.blockedAt()), standing.changesAt());
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
