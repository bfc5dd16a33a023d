package io.tillstream.web.idempotency;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Deletes expired keys now and then, a bounded number at a time. */
public final class IdempotencyCleanUp implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(IdempotencyCleanUp.class);
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final int ROUNDS = 50; // 50,000 keys in ten minutes: 83 a second, above what one service takes

    private final IdempotencyKeys keys;
    private final Set<IdPlace> places;
    private @Nullable Disposable running;

    IdempotencyCleanUp(IdempotencyKeys keys, Set<IdPlace> places) {
        this.keys = keys;
        this.places = places;
    }

    @Override
    public void start() {
        running = Flux.interval(EVERY)
                .onBackpressureDrop()
                .concatMap(
                        tick -> round().onErrorResume(e -> {
                            LOG.warn("Expired idempotency keys stay for now: {}", e.toString());
                            return Mono.empty();
                        }),
                        1) // a slow round is not followed by hasty ones
                .subscribe();
    }

    /** How many keys went, or were looked at for the last time. */
    public Mono<Long> round() {
        return Flux.concat(Flux.just(keys.cleanUp()), Flux.fromIterable(places).map(keys::forgetRefused))
                .concatMap(IdempotencyCleanUp::untilNoneIsLeft)
                .reduce(0L, Long::sum);
    }

    private static Mono<Long> untilNoneIsLeft(Mono<Long> some) {
        return some.repeat(ROUNDS - 1).takeUntil(deleted -> deleted == 0).reduce(0L, Long::sum);
    }

    @Override
    public void stop() {
        if (running != null) {
            running.dispose();
            running = null;
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
