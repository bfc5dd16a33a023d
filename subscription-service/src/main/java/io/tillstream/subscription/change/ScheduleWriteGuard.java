package io.tillstream.subscription.change;

import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Keeps what a user plans from whoever writes the whole schedule as they read it, for another reason: a card that pays it, say. A plan
 * that came between would be written over.
 */
@Component
public class ScheduleWriteGuard {

    private final ChangeClaims claims;
    private final ScheduledChangeCheckQueue checks;
    private final Subscriptions subscriptions;

    ScheduleWriteGuard(ChangeClaims claims, ScheduledChangeCheckQueue checks, Subscriptions subscriptions) {
        this.claims = claims;
        this.checks = checks;
        this.subscriptions = subscriptions;
    }

    /**
     * While no change is made. Errors with 409 {@code change-in-progress} beside one.
     *
     * @param before the subscription as it was known before its schedule was read
     * @param write given whether another change was planned since then, or may have been: then the schedule is to be read once more
     */
    public <T> Mono<T> write(Subscription before, Function<Boolean, Mono<T>> write) {
        return claims.alone(
                before.id(),
                subscriptions
                        .find(before.id())
                        .flatMap(now -> isPlannedSince(before, now) ? Mono.just(true) : checks.has(before.id()))
                        .flatMap(write));
    }

    /** Whoever ends it plans nothing: what is lost of an end is put back. */
    private static boolean isPlannedSince(Subscription before, Subscription now) {
        return now.schedule().planId() != null && !now.schedule().equals(before.schedule());
    }
}
