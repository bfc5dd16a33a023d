package io.tillstream.subscription.settlement;

import io.tillstream.subscription.plan.Plan;
import io.tillstream.subscription.plan.Plans;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscription.Knowledge;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What Stripe's schedules will change at the end of a period; a schedule's events may come before or after all others. */
@Component
class ScheduledChanges {

    private static final Knowledge NOTHING = new Knowledge(0, null, false, null);

    private final Schedules schedules;
    private final Plans plans;

    ScheduledChanges(Schedules schedules, Plans plans) {
        this.schedules = schedules;
        this.plans = plans;
    }

    /** How new what is known of a schedule is. */
    Mono<Knowledge> knowledge(String scheduleId) {
        return schedules.find(scheduleId).map(Schedules.Kept::knowledge).defaultIfEmpty(NOTHING);
    }

    /** Keeps what was told of a schedule, in the caller's transaction. */
    Mono<Judgement> keep(ScheduleFact fact, String stripeSubscriptionId, Source source) {
        return schedules
                .find(fact.id())
                .defaultIfEmpty(new Schedules.Kept(fact, NOTHING))
                .flatMap(known -> {
                    Judgement judgement = judge(known, fact, source);
                    boolean keeps = judgement.verdict() == Judgement.Verdict.NEWS
                            || judgement.verdict() == Judgement.Verdict.NOTHING_NEW;
                    return keeps
                            ? schedules
                                    .save(
                                            fact,
                                            stripeSubscriptionId,
                                            Judgement.after(known.knowledge(), fact.fingerprint(), source))
                                    .thenReturn(judgement)
                            : Mono.just(judgement);
                });
    }

    /** Completed, released and canceled are for ever. */
    private static Judgement judge(Schedules.Kept known, ScheduleFact fact, Source source) {
        boolean wasOpen =
                known.knowledge().fingerprint() == null || known.fact().isOpen();
        if (!wasOpen && fact.isOpen()) {
            return Judgement.past("the schedule is over");
        }
        Judgement byAge = Judgement.of(known.knowledge(), fact.fingerprint(), source);
        boolean ends = wasOpen && !fact.isOpen();
        return ends && byAge.verdict() != Judgement.Verdict.NOTHING_NEW ? Judgement.NEWS : byAge;
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
        ScheduleFact fact = open.fact();
        String price = fact.priceId();
        return price == null
                ? Mono.just(new Subscription.Schedule(fact.id(), null, null, null))
                : plans.byPrice(price)
                        .map(Plan::id)
                        .map(plan -> new Subscription.Schedule(fact.id(), plan, fact.quantity(), fact.startsAt()))
                        .defaultIfEmpty(new Subscription.Schedule(fact.id(), null, fact.quantity(), fact.startsAt()));
    }
}
