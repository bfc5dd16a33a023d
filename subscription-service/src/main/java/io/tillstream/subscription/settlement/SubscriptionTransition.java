package io.tillstream.subscription.settlement;

import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.settlement.SubscriptionTransitionStep.Step;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Trials;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * The only one who moves a subscription: under the lock of its row, it takes the state that Stripe says it has, and
 * history, outbox and entitlements follow, in one transaction.
 */
@Component
public class SubscriptionTransition {

    /** How often Stripe is asked anew when an event comes between question and answer; no life is that busy. */
    private static final int QUESTIONS = 3;

    private final SubscriptionTransitionStep taking;
    private final ScheduleTransition scheduled;
    private final Subscriptions subscriptions;
    private final StripeSubscriptionReader stripe;
    private final Transactions transactions;
    private final Clock clock;
    private final Trials trials;

    SubscriptionTransition(
            SubscriptionTransitionStep taking,
            ScheduleTransition scheduled,
            Subscriptions subscriptions,
            StripeSubscriptionReader stripe,
            Transactions transactions,
            Clock clock,
            Trials trials) {
        this.taking = taking;
        this.scheduled = scheduled;
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.transactions = transactions;
        this.clock = clock;
        this.trials = trials;
    }

    /**
     * Takes what an event told of the subscription, inside the caller's transaction. Where that cannot be told from
     * something older, nothing changes: whoever needs to know asks {@link #refresh}.
     *
     * @return the subscription as it is then; empty if there is none with this id
     */
    public Mono<Subscription> learn(UUID id, Cause cause, StripeSubscriptionState snapshot) {
        return taking.take(id, cause, snapshot, StateOrigin.told(cause.created()))
                .map(Step::subscription);
    }

    /**
     * Takes Stripe's answer to a call of ours, in a transaction of its own. An event that was applied while the call
     * went on may be newer or older than the answer: then Stripe is asked once more.
     *
     * @param known the subscription as it was before the call
     */
    public Mono<Subscription> answered(Subscription known, Cause cause, StripeSubscriptionState answer) {
        return transactions
                .run(taking.take(known.id(), cause, answer, StateOrigin.read(known.knowledge(), 0)))
                .flatMap(step -> step.isUnclear()
                        ? refresh(known.id(), Cause.question("GET /v1/subscriptions/{id}", answer.id()))
                        : Mono.just(step.subscription()));
    }

    /**
     * Asks Stripe how the subscription is, and takes that. Fails as a call to Stripe does; without a name at Stripe, it
     * stays as it is.
     */
    public Mono<Subscription> refresh(UUID id, Cause cause) {
        return ask(id, cause, QUESTIONS);
    }

    private Mono<Subscription> ask(UUID id, Cause cause, int left) {
        return subscriptions
                .find(id)
                .flatMap(known -> known.stripeId() == null
                        ? Mono.just(known)
                        : stripe.subscription(known.stripeId())
                                .flatMap(now -> transactions.run(
                                        taking.take(id, cause, now, StateOrigin.read(known.knowledge(), 0))))
                                .flatMap(step -> step.isUnclear() && left > 1
                                        ? ask(id, cause, left - 1)
                                        : Mono.just(step.subscription()))
                                .defaultIfEmpty(known));
    }

    /** Takes Stripe's answer to a call about the subscription's schedule, in a transaction of its own. */
    public Mono<Subscription> scheduleAnswered(Subscription known, Cause cause, JsonNode schedule) {
        ScheduleState fact = ScheduleState.read(schedule);
        String stripeId = Objects.requireNonNull(known.stripeId());
        return transactions.run(subscriptions.lock(known.id()).flatMap(row -> scheduled
                .knowledge(fact.id())
                .flatMap(before -> scheduled.keep(fact, stripeId, StateOrigin.read(before, 0)))
                .then(scheduled.of(stripeId, fact.id()))
                .flatMap(change -> rescheduled(row, change, cause.notBefore(ScheduleState.latestTime(schedule))))));
    }

    /** Under the lock of the row. */
    Mono<Subscription> rescheduled(Subscription known, Subscription.Schedule change, Cause cause) {
        return change.equals(known.schedule()) ? Mono.just(known) : taking.move(known, known.with(change), cause);
    }

    /**
     * There is none at Stripe, and there will be none: the start is over, in a transaction of its own. One that Stripe
     * knows stays as it is.
     */
    public Mono<Subscription> failed(UUID id, Cause cause, String code, @Nullable String message) {
        return transactions.run(fail(id, cause, code, message));
    }

    /** The same inside the caller's transaction. */
    Mono<Subscription> fail(UUID id, Cause cause, String code, @Nullable String message) {
        return subscriptions
                .lock(id)
                .flatMap(known -> known.status() == SubscriptionStatus.STARTING
                        ? taking.move(known, asFailed(known, code, message), cause)
                                .flatMap(failed -> trials.giveBack(id).thenReturn(failed))
                        : Mono.just(known));
    }

    private Subscription asFailed(Subscription known, String code, @Nullable String message) {
        var start = new Subscription.Start(
                known.start().request(), null, known.start().asks(), code, message);
        return known.with(SubscriptionStatus.FAILED, known.names(), start, clock.instant());
    }
}
