package io.tillstream.subscription.subscription;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One user's subscription to one plan, as it is known here.
 *
 * @param version of the newest move in its history
 * @param pause collection is paused; null: it is not
 * @param pending a change whose payment has not succeeded yet
 * @param schedule a change at the end of the period
 */
public record Subscription(
        UUID id,
        String userId,
        SubscriptionStatus status,
        int version,
        Terms terms,
        Names names,
        Start start,
        Period period,
        Ending ending,
        @Nullable Pause pause,
        @Nullable Pending pending,
        Schedule schedule,
        Billing billing,
        ObjectVersion knowledge,
        Instant createdAt,
        Instant updatedAt) {

    /** Stripe forgets a key after a day: asked again then, it would begin a second subscription. */
    public static final Duration KEY_IS_KNOWN = Duration.ofHours(23);

    /** Why a start is over that Stripe made otherwise than it was asked for. */
    public static final String ANSWER_DIFFERS = "answer-differs";

    /** What is subscribed to; the Price is the one it is billed by, which may be older than the plan's present one. */
    public record Terms(String planId, @Nullable String stripePriceId, int quantity, String currency) {}

    /** Under which ids Stripe knows it. */
    public record Names(
            @Nullable String customerId,
            @Nullable String subscriptionId,
            @Nullable String checkoutSessionId) {}

    /**
     * How it was begun.
     *
     * @param request what was asked for, as JSON: the same question is asked again with the same parameters
     * @param nextAskAt when to ask what became of it; null: that is known
     */
    public record Start(
            String request,
            @Nullable Instant nextAskAt,
            int asks,
            @Nullable String failureCode,
            @Nullable String failureMessage) {}

    /** The period that is paid or owed now. */
    public record Period(
            @Nullable Instant start,
            @Nullable Instant end,
            @Nullable Instant trialEnd) {}

    /** When and why it ends or ended. */
    public record Ending(
            @Nullable Instant cancelAt,
            boolean cancelAtPeriodEnd,
            @Nullable Instant canceledAt,
            @Nullable Instant endedAt,
            @Nullable String reason) {

        static final Ending NONE = new Ending(null, false, null, null, null);

        /**
         * Stripe's words for why.
         *
         * @see <a href="https://docs.stripe.com/api/subscriptions/object#subscription_object-cancellation_details">Stripe:
         *     cancellation details</a>
         */
        private static final Set<String> WORDS = Set.of(
                "cancellation_requested",
                "customer_service",
                "low_quality",
                "missing_features",
                "other",
                "payment_disputed",
                "payment_failed",
                "switched_service",
                "too_complex",
                "too_expensive",
                "unused");

        /** As other systems are told of it: what a user wrote themselves is theirs, and stays where it can be erased. */
        public @Nullable String reasonWord() {
            return reason == null || WORDS.contains(reason) ? reason : "other";
        }

        /** What somebody gave as the reason of an end that was taken back is none any more. */
        Ending withoutReason() {
            return new Ending(cancelAt, cancelAtPeriodEnd, canceledAt, endedAt, null);
        }

        /** Whether it runs now and will not go on. */
        public boolean isScheduled() {
            return endedAt == null && (cancelAtPeriodEnd || cancelAt != null);
        }
    }

    /**
     * Collection is paused.
     *
     * @param behavior what becomes of invoices meanwhile: keep_as_draft, mark_uncollectible or void
     * @param until null: until it is resumed
     */
    public record Pause(String behavior, @Nullable Instant until) {}

    /** A change that comes into force when its payment succeeds, or is forgotten at {@code until}. */
    public record Pending(
            @Nullable String planId,
            @Nullable Integer quantity,
            @Nullable Instant until) {}

    /** A change at the end of the period; all null: none. The open schedule at Stripe may have no change left. */
    public record Schedule(
            @Nullable String stripeId,
            @Nullable String planId,
            @Nullable Integer quantity,
            @Nullable Instant at) {
        public static final Schedule NONE = new Schedule(null, null, null, null);

        public boolean isChange() {
            return at != null;
        }
    }

    /**
     * What is owed, and what pays it.
     *
     * @param pastDueSince since when payment is owed, on Stripe's clock, as the invoices say; null: it is not
     * @param earned whether an invoice of it was ever paid, or it has or had a trial: only then it gives anything
     */
    public record Billing(
            @Nullable String defaultPaymentMethod,
            @Nullable String latestInvoiceId,
            @Nullable Instant pastDueSince,
            boolean earned) {}

    /**
     * How new what is known is.
     *
     * @param asOf created of the newest event applied, Stripe's seconds
     * @param ahead it was read or answered and may be newer than {@code asOf} says
     * @param knownAt the newest moment on Stripe's clock that any event of it told
     */
    public record ObjectVersion(
            long asOf,
            @Nullable String fingerprint,
            boolean ahead,
            @Nullable Instant knownAt) {}

    /** One that is begun here and not known at Stripe yet. */
    public static Subscription begun(
            UUID id, String userId, Terms terms, String request, @Nullable Instant askAt, Instant now) {
        return new Subscription(
                id,
                userId,
                SubscriptionStatus.STARTING,
                1,
                terms,
                new Names(null, null, null),
                new Start(request, askAt, 0, null, null),
                new Period(null, null, null),
                Ending.NONE,
                null,
                null,
                Schedule.NONE,
                new Billing(null, null, null, false),
                new ObjectVersion(0, null, false, null),
                now,
                now);
    }

    /** The same, but for what will change at the end of the period. */
    public Subscription with(Schedule otherSchedule) {
        return new Subscription(
                id,
                userId,
                status,
                version,
                terms,
                names,
                start,
                period,
                ending,
                pause,
                pending,
                otherSchedule,
                billing,
                knowledge,
                createdAt,
                updatedAt);
    }

    /** The same, but for how its start goes; a move if the status is another. */
    public Subscription with(SubscriptionStatus next, Names otherNames, Start otherStart, Instant now) {
        return new Subscription(
                id,
                userId,
                next,
                next == status ? version : version + 1,
                terms,
                otherNames,
                otherStart,
                period,
                ending,
                pause,
                pending,
                schedule,
                billing,
                knowledge,
                createdAt,
                now);
    }

    /** The same, with the customer's and its own id at Stripe. */
    public Subscription named(String customerId, @Nullable String stripeId) {
        var other = new Names(customerId, stripeId, names.checkoutSessionId());
        return with(status, other, start, updatedAt);
    }

    public String planId() {
        return terms.planId();
    }

    public int quantity() {
        return terms.quantity();
    }

    public String currency() {
        return terms.currency();
    }

    public @Nullable String stripeId() {
        return names.subscriptionId();
    }

    public @Nullable String stripeCustomerId() {
        return names.customerId();
    }

    public boolean isLive() {
        return status.isLive();
    }

    /** One that was made at Stripe has no request of ours. */
    public boolean wasBegunHere() {
        return !start.request().equals("{}");
    }

    /**
     * Whether it runs at Stripe, and that its start is paid is not known here yet: of the two events that say so one has come.
     * It gives nothing yet.
     */
    public boolean isPaymentUnheardOf() {
        return status == SubscriptionStatus.ACTIVE && !billing.earned() && wasBegunHere();
    }

    /** Whether Stripe made it otherwise, and that is undone: what is still told of that is of nothing that anybody has. */
    public boolean isUndone() {
        return status == SubscriptionStatus.FAILED && ANSWER_DIFFERS.equals(start.failureCode());
    }

    /** As everybody is told of it: what runs also gives what it is paid for, and both are known at once. */
    public SubscriptionStatus shownStatus() {
        return isPaymentUnheardOf() ? SubscriptionStatus.INCOMPLETE : status;
    }

    /** Of the newest move that everybody is told of. */
    public int shownVersion() {
        return isPaymentUnheardOf() ? version - 1 : version;
    }

    /** Whether its page at Stripe may be open. */
    public boolean isOnPage() {
        return status == SubscriptionStatus.STARTING && names.checkoutSessionId() != null;
    }

    /** Whether it waits for a first payment that may never come: it stands in nobody's way. */
    public boolean isUnpaidStart() {
        return status == SubscriptionStatus.INCOMPLETE || isOnPage();
    }

    /** Whether it would be of the plan only by a change whose payment may never come: it stands in nobody's way. */
    public boolean isOnlyPendingFor(String plan) {
        return pending != null
                && plan.equals(pending.planId())
                && !plan.equals(planId())
                && !plan.equals(schedule.planId());
    }

    /** Whether the running period is its last: Stripe says so, or its schedule ends it then. */
    public boolean endsWithPeriod() {
        Instant at = ending.cancelAt();
        return ending.cancelAtPeriodEnd() || (at != null && at.equals(period.end()));
    }

    /** The present on the clock that this subscription lives by: Stripe's test clocks run ahead of ours. */
    public Instant now(Instant ours) {
        Instant told = knowledge.knownAt();
        return told != null && told.isAfter(ours) ? told : ours;
    }
}
