package io.tillstream.subscription.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.stripe.LostScheduleEnd;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.customer.Customers;
import io.tillstream.subscription.schedule.ScheduleWriteQueue;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe tells of subscription schedules: what will change at the end of a period, and that it will not any more. */
@Component
class ScheduleEventHandler {

    private final ScheduleTransition scheduled;
    private final SubscriptionTransition settlement;
    private final Subscriptions subscriptions;
    private final Customers customers;
    private final Timeline timeline;
    private final StripeSubscriptionReader stripe;
    private final ScheduleWriteQueue writes;

    ScheduleEventHandler(
            ScheduleTransition scheduled,
            SubscriptionTransition settlement,
            Subscriptions subscriptions,
            Customers customers,
            Timeline timeline,
            StripeSubscriptionReader stripe,
            ScheduleWriteQueue writes) {
        this.scheduled = scheduled;
        this.settlement = settlement;
        this.subscriptions = subscriptions;
        this.customers = customers;
        this.timeline = timeline;
        this.stripe = stripe;
        this.writes = writes;
    }

    /** Inside the transaction of the event's inbox row. */
    Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> answer) {
        Optional<RefetchResult> refetched = answer.map(RefetchResult::of);
        JsonNode now = refetched.map(RefetchResult::object).orElse(null);
        JsonNode schedule = now != null ? now : event.object();
        ScheduleState fact = ScheduleState.read(schedule);
        Cause cause = Cause.stripeEvent(event).notBefore(ScheduleState.latestTime(schedule));
        StateOrigin source = refetched
                .map(asked -> StateOrigin.read(asked.before(), event.created()))
                .orElseGet(() -> StateOrigin.told(event.created()));
        String subscriptionId = fact.subscriptionId();
        if (subscriptionId == null) {
            return Mono.just(new EventOutcome.Ignored("it has not begun a subscription"));
        }
        return subscriptions
                .findByStripeId(subscriptionId)
                .flatMap(known -> subscriptions.lock(known.id()))
                .flatMap(known -> lostEnd(known, schedule, event).then(told(known, fact, cause, event, source)))
                .switchIfEmpty(Mono.defer(() -> early(fact, subscriptionId, source)));
    }

    /**
     * Another card has written over an end that its user was told of, and nobody may know: the sweep of changes puts it back, if the
     * schedule still shows that when it is read.
     */
    private Mono<Void> lostEnd(Subscription known, JsonNode schedule, StripeEvent event) {
        UUID once = UUID.nameUUIDFromBytes(event.id().getBytes(StandardCharsets.UTF_8));
        return LostScheduleEnd.isByCard(schedule)
                ? writes.found(once, known.id(), ScheduleState.read(schedule).id())
                : Mono.empty();
    }

    private Mono<EventOutcome> told(
            Subscription known, ScheduleState fact, Cause cause, StripeEvent event, StateOrigin source) {
        String subscriptionId = Objects.requireNonNull(fact.subscriptionId());
        return scheduled.keep(fact, subscriptionId, source).flatMap(judgement -> {
            if (judgement.verdict() == Freshness.Verdict.UNCLEAR) {
                return StaleReadRetry.unlessFirst(source);
            }
            boolean news = judgement.verdict() == Freshness.Verdict.NEWS;
            return scheduled
                    .of(subscriptionId, fact.id())
                    .flatMap(change -> settlement.rescheduled(known, change, cause))
                    .then(subscriptions.knownAt(known.id(), Instant.ofEpochSecond(event.created())))
                    .then(timeline.told(known.id(), cause, news ? "applied" : "ignored", news ? null : judgement.why()))
                    .thenReturn(news ? new EventOutcome.Applied() : new EventOutcome.Ignored(judgement.why()));
        });
    }

    /** Its subscription may become known later, and will find it here. */
    private Mono<EventOutcome> early(ScheduleState fact, String subscriptionId, StateOrigin source) {
        return userOf(fact.customerId())
                .flatMap(user -> scheduled.keep(fact, subscriptionId, source))
                .flatMap(judgement -> judgement.verdict() == Freshness.Verdict.UNCLEAR
                        ? StaleReadRetry.unlessFirst(source)
                        : Mono.<EventOutcome>just(new EventOutcome.Applied()))
                .defaultIfEmpty(new EventOutcome.Ignored("a customer of another system"));
    }

    private Mono<String> userOf(@Nullable String customerId) {
        return customerId == null ? Mono.empty() : customers.userOf(customerId);
    }

    Mono<JsonNode> refetch(StripeEvent event) {
        String id = Objects.requireNonNull(event.objectId());
        return scheduled.knowledge(id).flatMap(before -> stripe.schedule(id)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .map(now -> new RefetchResult(now.orElse(null), before, null).toJson()));
    }
}
