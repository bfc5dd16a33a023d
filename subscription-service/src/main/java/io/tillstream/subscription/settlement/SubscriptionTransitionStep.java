package io.tillstream.subscription.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.settlement.SubscriptionMerger.Meaning;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One step of a subscription, under the lock of its row and in the caller's transaction. */
@Component
class SubscriptionTransitionStep {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionTransitionStep.class);

    private static final String NOT_KNOWN = "in a state that is not known here, at Stripe too";

    private final Subscriptions subscriptions;
    private final PlanLookup plans;
    private final ScheduleTransition scheduled;
    private final Timeline timeline;
    private final TransitionEffects consequences;
    private final Clock clock;

    SubscriptionTransitionStep(
            Subscriptions subscriptions,
            PlanLookup plans,
            ScheduleTransition scheduled,
            Timeline timeline,
            TransitionEffects consequences,
            Clock clock) {
        this.subscriptions = subscriptions;
        this.plans = plans;
        this.scheduled = scheduled;
        this.timeline = timeline;
        this.consequences = consequences;
        this.clock = clock;
    }

    /** What a step came to; the outcome is NeedsRefetch where nothing was written. */
    record Step(Subscription subscription, EventOutcome outcome) {
        boolean isUnclear() {
            return outcome instanceof EventOutcome.NeedsRefetch;
        }
    }

    /** Empty if there is no such subscription. */
    Mono<Step> take(UUID id, Cause cause, StripeSubscriptionState snapshot, StateOrigin source) {
        return subscriptions.lock(id).flatMap(known -> {
            Freshness judgement = SubscriptionMerger.judge(known, snapshot, source);
            return switch (judgement.verdict()) {
                case UNCLEAR -> Mono.just(new Step(known, new EventOutcome.NeedsRefetch()));
                case PAST -> past(known, cause, source, judgement.why());
                case NOTHING_NEW, NEWS -> news(known, cause, snapshot, source, judgement);
            };
        });
    }

    /**
     * What becomes of an event that cannot be judged: Stripe is asked, or asked once more where something came between.
     * Where Stripe itself says what no rule here knows, as a status it has added since, asking for ever would only keep
     * all events behind it waiting.
     */
    Mono<EventOutcome> unclear(UUID id, Cause cause, StripeSubscriptionState snapshot, StateOrigin source) {
        if (source.isTold() || snapshot.isWhole()) {
            return StaleReadRetry.unlessFirst(source);
        }
        LOG.warn("Subscription {} is in a state at Stripe that is not known here", id);
        return timeline.told(id, cause, "ignored", NOT_KNOWN).thenReturn(new EventOutcome.Ignored(NOT_KNOWN));
    }

    /** Whatever an event is worth, it says how late it is at Stripe. */
    private Mono<Step> past(Subscription known, Cause cause, StateOrigin source, String why) {
        return timed(known, source)
                .then(timeline.told(known.id(), cause, "ignored", why))
                .thenReturn(new Step(known, new EventOutcome.Ignored(why)));
    }

    private Mono<Void> timed(Subscription known, StateOrigin source) {
        return source.created() == 0
                ? Mono.empty()
                : subscriptions.knownAt(known.id(), java.time.Instant.ofEpochSecond(source.created()));
    }

    private Mono<Step> news(
            Subscription known,
            Cause cause,
            StripeSubscriptionState snapshot,
            StateOrigin source,
            Freshness judgement) {
        boolean same = judgement.verdict() == Freshness.Verdict.NOTHING_NEW;
        return meaning(snapshot)
                .map(meaning -> SubscriptionMerger.after(known, snapshot, source, meaning))
                .flatMap(next -> same && cause.isQuestion() && SubscriptionMerger.isKnown(known, next)
                        ? Mono.just(new Step(known, new EventOutcome.Ignored(judgement.why())))
                        : written(known, next, cause, same ? judgement.why() : null));
    }

    /** A question that is answered with what is known leaves no trace, or whoever asks on and on would push out all that was told. */
    private Mono<Step> written(Subscription known, Subscription next, Cause cause, @Nullable String ignored) {
        return move(known, next, cause)
                .then(timeline.told(known.id(), cause, ignored == null ? "applied" : "ignored", ignored))
                .thenReturn(new Step(
                        next, ignored == null ? new EventOutcome.Applied() : new EventOutcome.Ignored(ignored)));
    }

    /** Writes a step that was decided: row, history, and what follows from it. */
    Mono<Subscription> move(Subscription known, Subscription next, Cause cause) {
        Mono<Void> history = next.version() == known.version()
                ? Mono.empty()
                : timeline.moved(next.id(), next.version(), known.status(), next.status(), cause);
        return subscriptions
                .update(next)
                .then(history)
                .then(Mono.defer(() -> consequences.of(known, next, cause)))
                .doOnSuccess(done -> log(known, next, cause))
                .thenReturn(next);
    }

    private Mono<Meaning> meaning(StripeSubscriptionState snapshot) {
        return itemOfPlan(snapshot).flatMap(ours -> pendingPlan(snapshot).flatMap(pending -> scheduled
                .of(snapshot.id(), snapshot.scheduleId())
                .map(schedule -> new Meaning(
                        ours.item(),
                        ours.planId(),
                        pending.orElse(null),
                        stillToCome(schedule, ours.item()),
                        clock.instant()))));
    }

    /** A change that came with this period lies behind, also where its schedule's own event has not come yet. */
    private static Subscription.Schedule stillToCome(
            Subscription.Schedule schedule, StripeSubscriptionState.Item item) {
        boolean came = schedule.at() != null
                && item.periodStart() != null
                && !schedule.at().isAfter(item.periodStart());
        return came ? new Subscription.Schedule(schedule.stripeId(), null, null, null) : schedule;
    }

    private record Ours(
            StripeSubscriptionState.Item item, @Nullable String planId) {}

    /** The first item that is one of our plans; a subscription changed to something else is followed by its first. */
    private Mono<Ours> itemOfPlan(StripeSubscriptionState snapshot) {
        return Flux.fromIterable(snapshot.items())
                .concatMap(item ->
                        plan(item.priceId()).flatMap(plan -> Mono.justOrEmpty(plan.map(id -> new Ours(item, id)))))
                .next()
                .switchIfEmpty(Mono.fromSupplier(() -> {
                    LOG.warn("Subscription {} is billed by a price that no plan has", snapshot.id());
                    return new Ours(snapshot.items().get(0), null);
                }));
    }

    private Mono<Optional<String>> pendingPlan(StripeSubscriptionState snapshot) {
        StripeSubscriptionState.Pending pending = snapshot.pending();
        return plan(pending == null ? null : pending.priceId());
    }

    private Mono<Optional<String>> plan(@Nullable String priceId) {
        return priceId == null
                ? Mono.just(Optional.empty())
                : plans.byPrice(priceId).map(Plan::id).map(Optional::of).defaultIfEmpty(Optional.empty());
    }

    private static void log(Subscription known, Subscription next, Cause cause) {
        if (known.status() != next.status()) {
            LOG.info(
                    "Subscription {} {} -> {} by {} {}",
                    known.id(),
                    known.status(),
                    next.status(),
                    cause.kind(),
                    cause.id());
        }
    }
}
