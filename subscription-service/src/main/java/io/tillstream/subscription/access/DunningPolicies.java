package io.tillstream.subscription.access;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Which dunning policy counts when: the newest that has begun of those that were taken on, and before the first of them that of
 * the file. All are held in memory, as each change of access asks; a policy is taken on a while before it begins, so that each
 * instance knows it by then.
 */
@Component
public class DunningPolicies {

    private final AdoptedPolicies adopted;
    private final DunningAccessPolicy file;
    private final Clock clock;
    private final AtomicLong reads = new AtomicLong();
    private final AtomicReference<@Nullable Known> known = new AtomicReference<>();

    /** What a read found; later ones have the higher number. */
    private record Known(long read, List<AdoptedPolicy> policies) {}

    DunningPolicies(AdoptedPolicies adopted, DunningAccessPolicy file, Clock clock) {
        this.adopted = adopted;
        this.file = file;
        this.clock = clock;
    }

    /** The one that counts now. */
    Mono<DunningAccessPolicy> inForce() {
        return at(clock.instant());
    }

    /** The one that counts at a moment, as far as it is known now. */
    public Mono<DunningAccessPolicy> at(Instant moment) {
        return all().map(policies -> last(
                policies.stream().filter(one -> !one.startsAt().isAfter(moment)).toList()));
    }

    /** The one that counted until another began. */
    public Mono<DunningAccessPolicy> before(AdoptedPolicy next) {
        return all().map(policies -> last(
                policies.stream().takeWhile(one -> !one.id().equals(next.id())).toList()));
    }

    /** One that was taken on. */
    public Mono<AdoptedPolicy> one(UUID id) {
        return all().flatMap(policies -> Mono.justOrEmpty(
                policies.stream().filter(one -> one.id().equals(id)).findFirst()));
    }

    private DunningAccessPolicy last(List<AdoptedPolicy> begun) {
        return begun.isEmpty() ? file : begun.get(begun.size() - 1).policy();
    }

    private Mono<List<AdoptedPolicy>> all() {
        Known held = known.get();
        return held != null ? Mono.just(held.policies()) : refresh();
    }

    /**
     * Reads what was taken on, here or by other instances. A slow read does not take back what one that began after it has
     * found.
     */
    public Mono<List<AdoptedPolicy>> refresh() {
        return Mono.defer(() -> {
            long read = reads.incrementAndGet();
            return adopted.all().collectList().doOnNext(found -> keep(new Known(read, List.copyOf(found))));
        });
    }

    private void keep(Known found) {
        known.updateAndGet(held -> held != null && held.read() > found.read() ? held : found);
    }
}
