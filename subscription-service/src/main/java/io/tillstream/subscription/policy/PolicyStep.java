package io.tillstream.subscription.policy;

import io.tillstream.subscription.access.AccessComparison;
import io.tillstream.subscription.access.AdoptedPolicy;
import io.tillstream.subscription.access.DunningAccessPolicy;
import io.tillstream.subscription.access.EntitlementTransition;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What the start of a policy does with one subscription, inside the caller's transaction. */
@Component
class PolicyStep {

    private final Subscriptions subscriptions;
    private final AccessComparison comparison;
    private final EntitlementTransition access;
    private final Timeline timeline;
    private final Clock clock;

    PolicyStep(
            Subscriptions subscriptions,
            AccessComparison comparison,
            EntitlementTransition access,
            Timeline timeline,
            Clock clock) {
        this.subscriptions = subscriptions;
        this.comparison = comparison;
        this.access = access;
        this.timeline = timeline;
        this.clock = clock;
    }

    /** Gives what the policy leaves, and tells the difference, which an event may have made already. */
    Mono<Void> follow(UUID id, AdoptedPolicy adopted, DunningAccessPolicy former) {
        return subscriptions.lock(id).flatMap(subscription -> told(subscription, adopted, former)
                .then(access.follow(subscription, "policy " + adopted.id())));
    }

    private Mono<Void> told(Subscription subscription, AdoptedPolicy adopted, DunningAccessPolicy former) {
        return comparison
                .of(subscription, former, adopted.policy(), clock.instant())
                .flatMap(difference -> timeline.adopted(
                        subscription.id(),
                        adopted.id(),
                        difference.after().grade().text(),
                        difference.before().grade().text()));
    }

    /** It is looked at again with the next sweep. */
    Mono<Void> later(UUID id) {
        return access.due(id);
    }
}
