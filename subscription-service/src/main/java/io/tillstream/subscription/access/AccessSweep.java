package io.tillstream.subscription.access;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.subscription.Subscriptions;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Grades that change by time alone. Two instances may look at the same one: the second finds nothing to change. */
@Component
class AccessSweep extends Sweep {

    private static final Logger log = LoggerFactory.getLogger(AccessSweep.class);

    private static final int BATCH = 100; // short transactions, a second's worth of them
    private static final int BATCHES = 100; // a few minutes: plans whose features changed wait for no more
    private static final String CAUSE = "time";
    private static final Duration REST_AFTER_FAULT = Duration.ofMinutes(1); // what passes by itself has passed by then

    private final EntitlementGrants sources;
    private final FeatureChangeRepository planFeatures;
    private final Subscriptions subscriptions;
    private final EntitlementTransition access;
    private final Transactions transactions;
    private final Clock clock;

    AccessSweep(
            EntitlementGrants sources,
            FeatureChangeRepository planFeatures,
            Subscriptions subscriptions,
            EntitlementTransition access,
            Transactions transactions,
            Clock clock,
            SweepPeriods periods) {
        super(periods.of("access"));
        this.sources = sources;
        this.planFeatures = planFeatures;
        this.subscriptions = subscriptions;
        this.access = access;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Everything that is due; a fault with one subscription or plan does not keep the others. */
    @Override
    protected Mono<Void> round() {
        return Mono.defer(() -> allDue(new HashSet<>()))
                .then(planFeatures.changed().concatMap(this::followPlan).then())
                .onErrorResume(e -> {
                    log.warn("Access is not swept: {}", e.toString());
                    return Mono.empty();
                });
    }

    /** A batch after the other, without a rest; each once, should one be due again at once. */
    private Mono<Void> allDue(Set<String> seen) {
        return Mono.defer(() ->
                        sources.due(clock.instant(), BATCH).filter(seen::add).collectList())
                .flatMap(due -> Flux.fromIterable(due)
                        .concatMap(source -> follow(source, CAUSE).onErrorResume(e -> later(source, e)))
                        .then(Mono.just(!due.isEmpty())))
                .repeat(BATCHES - 1)
                .takeWhile(followed -> followed)
                .then();
    }

    /** The same for one user, who asks now. */
    Mono<Void> of(String userId) {
        return sources.due(clock.instant(), userId)
                .collectList()
                .flatMapIterable(due -> due)
                .concatMap(source -> follow(source, CAUSE).onErrorResume(e -> later(source, e)))
                .then();
    }

    /** Once all who have it were given theirs it is done; whoever could not be is tried again with the next round. */
    private Mono<Void> followPlan(FeatureChangeRepository.Changed plan) {
        String cause = "features of plan " + plan.planId();
        return planFeatures
                .holders(plan)
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(
                        id -> follow(id.toString(), cause).thenReturn(true).onErrorResume(e -> later(id.toString(), e)
                                .thenReturn(false)))
                .reduce(true, Boolean::logicalAnd)
                .flatMap(all -> all ? transactions.run(planFeatures.followed(plan)) : Mono.<Void>empty())
                .onErrorResume(e -> {
                    log.warn("{} are looked at later: {}", cause, e.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> follow(String source, String cause) {
        UUID id = UUID.fromString(source);
        return transactions.run(subscriptions.lock(id).flatMap(subscription -> access.follow(subscription, cause)));
    }

    /** It goes to the back, so that those whose faults stay do not fill every round. */
    private Mono<Void> later(String source, Throwable e) {
        log.warn("Access by subscription {} is looked at later: {}", source, e.toString());
        return transactions
                .run(sources.postpone(source, clock.instant(), REST_AFTER_FAULT))
                .onErrorComplete();
    }
}
