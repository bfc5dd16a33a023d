package io.tillstream.subscription.settlement;

import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscription.ObjectVersion;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What Stripe's schedules will change at the end of a period; a schedule's events may come before or after all others. */
@Component
class ScheduleTransition {

    private static final ObjectVersion NOTHING = new ObjectVersion(0, null, false, null);

    private final Schedules schedules;
    private final PlanLookup plans;

    ScheduleTransition(Schedules schedules, PlanLookup plans) {
        this.schedules = schedules;
        this.plans = plans;
    }

    /** How new what is known of a schedule is. */
    Mono<ObjectVersion> knowledge(String scheduleId) {
        return schedules.find(scheduleId).map(Schedules.Kept::knowledge).defaultIfEmpty(NOTHING);
    }

    /** Keeps what was told of a schedule, in the caller's transaction. */
    Mono<Freshness> keep(ScheduleState fact, String stripeSubscriptionId, StateOrigin source) {
        return schedules
                .find(fact.id())
                .defaultIfEmpty(new Schedules.Kept(fact, NOTHING))
                .flatMap(known -> {
                    Freshness judgement = judge(known, fact, source);
                    boolean keeps = judgement.verdict() == Freshness.Verdict.NEWS
                            || judgement.verdict() == Freshness.Verdict.NOTHING_NEW;
                    return keeps
                            ? schedules
                                    .save(
                                            fact,
                                            stripeSubscriptionId,
                                            Freshness.after(known.knowledge(), fact.fingerprint(), source))
                                    .thenReturn(judgement)
                            : Mono.just(judgement);
                });
    }

    /** Completed, released and canceled are for ever. */
    private static Freshness judge(Schedules.Kept known, ScheduleState fact, StateOrigin source) {
        boolean wasOpen =
                known.knowledge().fingerprint() == null || known.fact().isOpen();
        if (!wasOpen && fact.isOpen()) {
            return Freshness.past("the schedule is over");
        }
        Freshness byAge = Freshness.of(known.knowledge(), fact.fingerprint(), source);
        boolean ends = wasOpen && !fact.isOpen();
        return ends && byAge.verdict() != Freshness.Verdict.NOTHING_NEW ? Freshness.NEWS : byAge;
    }

    /**
     * What will change a subscription.
     *
     * @param named the schedule that the subscription itself names, of which nothing may have been told yet
     */
    Mono<Subscription.Schedule> of(String stripeSubscriptionId, @Nullable String named) {
        return schedules
                .openOf(stripeSubscriptionId)
                .flatMap(this::meaning)
                .switchIfEmpty(Mono.defer(() -> unheardOf(named)));
    }

    private Mono<Subscription.Schedule> unheardOf(@Nullable String named) {
        return named == null
                ? Mono.just(Subscription.Schedule.NONE)
                : schedules
                        .find(named)
                        .map(over -> Subscription.Schedule.NONE)
                        .defaultIfEmpty(new Subscription.Schedule(named, null, null, null));
    }

    private Mono<Subscription.Schedule> meaning(Schedules.Kept open) {
        ScheduleState fact = open.fact();
        String price = fact.priceId();
        return price == null
                ? Mono.just(new Subscription.Schedule(fact.id(), null, null, null))
                : plans.byPrice(price)
                        .map(Plan::id)
                        .map(plan -> new Subscription.Schedule(fact.id(), plan, fact.quantity(), fact.startsAt()))
                        .defaultIfEmpty(new Subscription.Schedule(fact.id(), null, fact.quantity(), fact.startsAt()));
    }
}
