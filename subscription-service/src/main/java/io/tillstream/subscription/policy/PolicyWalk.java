package io.tillstream.subscription.policy;

import io.tillstream.delivery.FaultClassifier;
import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.access.AdoptedPolicies;
import io.tillstream.subscription.access.AdoptedPolicy;
import io.tillstream.subscription.access.DunningAccessPolicy;
import io.tillstream.subscription.access.DunningPolicies;
import io.tillstream.web.lease.LeaseLost;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Gives each subscription what a policy leaves it that has begun, a page at a time and each in a transaction of its own: a page
 * that is walked again after a crash changes nothing and tells nothing twice. Where the fault with one passes, as a lock that
 * lasts or a database that is away, the page is walked again; one whose fault stays, or lasts for too long, steps aside, so that
 * it keeps nobody else from theirs, and is tried again by itself. A policy is followed to its end when all have theirs.
 */
@Component
class PolicyWalk {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyWalk.class);

    /** For one page: by then it was walked many times, and a lock, a restart or a failover is over. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final AdoptedPolicies adopted;
    private final DunningPolicies policies;
    private final PolicySubjects subjects;
    private final PolicyStep step;
    private final PolicyStragglers stragglers;
    private final Transactions transactions;
    private final Clock clock;

    PolicyWalk(
            AdoptedPolicies adopted,
            DunningPolicies policies,
            PolicySubjects subjects,
            PolicyStep step,
            PolicyStragglers stragglers,
            Transactions transactions,
            Clock clock) {
        this.adopted = adopted;
        this.policies = policies;
        this.subjects = subjects;
        this.step = step;
        this.stragglers = stragglers;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** The next page of one that has begun, or the next that stepped aside; whether there was one. */
    Mono<Boolean> page() {
        return transactions
                .statement(adopted.claim(clock.instant()))
                .flatMap(walked -> adopted.during(
                                walked, policies.before(walked).flatMap(former -> page(walked, former)))
                        .onErrorResume(LeaseLost.class, lost -> Mono.empty())
                        .onErrorResume(fault -> again(walked, fault))
                        .thenReturn(true))
                .switchIfEmpty(Mono.defer(this::straggler))
                .defaultIfEmpty(false);
    }

    private Mono<Void> page(AdoptedPolicy walked, DunningAccessPolicy former) {
        Instant since = walked.pageSince();
        boolean lasts = since != null && since.isBefore(clock.instant().minus(PATIENCE));
        return subjects.next(walked.position()).flatMap(page -> concerned(walked, page, lasts)
                .concatMap(id -> step(id, walked, former, lasts))
                .collectList()
                .flatMap(faults -> faults.isEmpty()
                        ? transactions.statement(adopted.advance(walked, page.position(), page.isLast()))
                        : Mono.error(faults.get(0)))
                .doOnSuccess(done -> LOG.info("Policy {} is followed up to {}", walked.id(), page.position())));
    }

    /** A fault that passes, which keeps none of its page from theirs; whose page is another's by now goes no further. */
    private Mono<Throwable> step(UUID id, AdoptedPolicy walked, DunningAccessPolicy former, boolean lasts) {
        return transactions
                .run(adopted.checkHeld(walked).then(step.follow(id, walked, former)))
                .onErrorResume(
                        fault -> !(fault instanceof LeaseLost) && (lasts || !FaultClassifier.passes(fault)),
                        fault -> aside(id, walked, fault))
                .then(Mono.<Throwable>empty())
                .onErrorResume(fault -> !(fault instanceof LeaseLost), Mono::just);
    }

    /** Each that stepped aside takes the time of a lock: a page that is cut short goes on behind them. */
    private Flux<UUID> concerned(AdoptedPolicy walked, PolicySubjects.Page page, boolean lasts) {
        return lasts
                ? stragglers
                        .among(walked.id(), page.concerned())
                        .collect(Collectors.toSet())
                        .flatMapIterable(aside -> page.concerned().stream()
                                .filter(id -> !aside.contains(id))
                                .toList())
                : Flux.fromIterable(page.concerned());
    }

    /** With the next round, from where it is; the fault ends this one. */
    private Mono<Void> again(AdoptedPolicy walked, Throwable fault) {
        LOG.warn("Policy {} is followed from {} on again: {}", walked.id(), walked.position(), fault.toString());
        return transactions.statement(adopted.release(walked)).then(Mono.error(fault));
    }

    /** One that cannot be followed keeps nobody else from theirs. Its user, who asks, may be given it before it is tried again. */
    private Mono<Void> aside(UUID id, AdoptedPolicy walked, Throwable fault) {
        LOG.error("Policy {} is not followed by subscription {} yet: {}", walked.id(), id, fault.toString());
        return transactions
                .statement(stragglers.add(walked.id(), id, fault.toString()).thenReturn(true))
                .then(transactions.run(step.later(id)).onErrorComplete());
    }

    /** Whether there was one; what keeps it now is no fault of the round. */
    private Mono<Boolean> straggler() {
        return transactions.statement(stragglers.claim()).flatMap(one -> policies.one(one.policyId())
                .flatMap(policy -> policies.before(policy)
                        .flatMap(former -> transactions.run(
                                stragglers.end(one).flatMap(ended -> step.follow(one.subscriptionId(), policy, former)
                                        .thenReturn(true)))))
                .doOnNext(done ->
                        LOG.info("Policy {} is followed by subscription {} too", one.policyId(), one.subscriptionId()))
                .onErrorResume(fault -> {
                    LOG.error(
                            "Policy {} is not followed by subscription {} yet: {}",
                            one.policyId(),
                            one.subscriptionId(),
                            fault.toString());
                    return Mono.just(true);
                })
                .defaultIfEmpty(true));
    }
}
