package io.tillstream.subscription.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a subscription gives access to, as a function of what is known of it and of the time. */
final class EntitlementCalculator {

    private final DunningPolicy policy;

    EntitlementCalculator(DunningPolicy policy) {
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
            given = given.atMost(owing(PaymentState.DISPUTED, facts.disputedSince(), facts, now));
        }
        return facts.refundedSince() == null
                ? given
                : given.atMost(owing(PaymentState.REFUNDED, facts.refundedSince(), facts, now));
    }

    private GrantedAccess byStatus(AccessFacts facts, Instant now) {
        return switch (facts.status()) {
            case STARTING, FAILED, INCOMPLETE, INCOMPLETE_EXPIRED, CANCELED -> GrantedAccess.NOTHING;
            case TRIALING -> full(facts);
            case ACTIVE ->
                facts.uncollected() ? uncollected(facts, now) : facts.earned() ? full(facts) : GrantedAccess.NOTHING;
            case PAST_DUE -> owed(PaymentState.PAST_DUE, facts, now);
            case UNPAID -> owed(PaymentState.UNPAID, facts, now);
            case PAUSED -> owing(PaymentState.PAUSED, facts.owedSince(), facts, now);
        };
    }

    private static GrantedAccess full(AccessFacts facts) {
        return new GrantedAccess(AccessLevel.FULL, earlier(facts.cancelAt(), facts.periodEnd()), null);
    }

    /** What is paid is given to its end, and the policy counts from there: nobody pauses what they use. */
    private GrantedAccess uncollected(AccessFacts facts, Instant now) {
        Instant paid = facts.paidUntil();
        if (!facts.earned() || !now.isBefore(paid)) {
            return owing(PaymentState.COLLECTION_PAUSED, paid, facts, now);
        }
        DunningPolicy.DunningState then = policy.gradeAt(PaymentState.COLLECTION_PAUSED, paid, paid);
        Instant blockedAt = then.grade() == AccessLevel.NONE ? paid : then.blockedAt();
        Instant changesAt = then.grade() == AccessLevel.FULL ? then.changesAt() : paid;
        return new GrantedAccess(AccessLevel.FULL, earlier(facts.cancelAt(), blockedAt), changesAt);
    }

    /**
     * Nobody who never paid keeps anything while the first invoice is owed: the days of the policy are for those who have paid
     * before, else a trial with a card that never pays is as much longer.
     */
    private GrantedAccess owed(PaymentState state, AccessFacts facts, Instant now) {
        return facts.everPaidMoney() ? owing(state, facts.owedSince(), facts, now) : GrantedAccess.NOTHING;
    }

    private GrantedAccess owing(PaymentState state, Instant since, AccessFacts facts, Instant now) {
        if (!facts.earned()) {
            return GrantedAccess.NOTHING;
        }
        DunningPolicy.DunningState standing = policy.gradeAt(state, since, now);
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
