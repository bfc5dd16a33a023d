package io.tillstream.subscription.policy;

import io.tillstream.delivery.DrainLoop;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.subscription.access.DunningPolicies;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Reads what was taken on elsewhere, computes previews, and has policies that begin followed: a page of each at a time. */
@Component
class PolicyLoop implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyLoop.class);

    /** Of a round; what it claimed is free again by then. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final DunningPolicies policies;
    private final PreviewComputation computation;
    private final PolicyWalk walk;
    private final PolicyStragglers stragglers;
    private final DrainLoop loop;

    PolicyLoop(
            DunningPolicies policies,
            PreviewComputation computation,
            PolicyWalk walk,
            PolicyStragglers stragglers,
            SweepPeriods periods) {
        this.policies = policies;
        this.computation = computation;
        this.walk = walk;
        this.stragglers = stragglers;
        this.loop = new DrainLoop("Policies", periods.of("policies"), LONGEST, this::round);
    }

    /** Something was asked for. */
    void hint() {
        loop.hint();
    }

    private Mono<Boolean> round() {
        return policies.refresh().then(stragglers.measure()).then(computed()).flatMap(computed -> walk.page()
                .flatMap(walked -> computation.forget().map(forgot -> computed || walked || forgot)));
    }

    /** A preview that cannot be computed keeps no policy from being followed. */
    private Mono<Boolean> computed() {
        return computation.page().onErrorResume(fault -> {
            LOG.error("A preview of a policy is not computed yet: {}", fault.toString());
            return Mono.just(false);
        });
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
