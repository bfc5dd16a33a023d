package io.tillstream.web.lease;

import io.tillstream.web.CancellationShield;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Renews a lease for as long as its holder works, however long that is. Whoever died or is frozen renews nothing, and
 * another goes on after one lease. What is written at the end is guarded by the lease's token or owner, which a holder
 * that wakes up late has no more.
 */
public final class LeaseHeartbeat {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseHeartbeat.class);

    /** Whoever froze keeps nobody waiting for longer, whatever it holds. */
    private static final Duration LONGEST = Duration.ofSeconds(15);

    /** Below it a living holder would lose its lease to a pause of the garbage collector. */
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private static final int BEATS = 3; // in one lease: two may fail

    private final String what;
    private final Duration lease;

    /**
     * @param what is held, for the log
     * @param lease how long it is held after the last sign of life, from 1 s to 15 s
     */
    public LeaseHeartbeat(String what, Duration lease) {
        this.what = what;
        check(lease, what);
        this.lease = lease;
    }

    /** Fails with the {@code setting}'s name where it is no lease. */
    public static void check(Duration lease, String setting) {
        if (lease.compareTo(SHORTEST) < 0 || lease.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(setting + " is from 1s to 15s");
        }
    }

    public Duration lease() {
        return lease;
    }

    /** In SQL, for {@code make_interval}. */
    public double seconds() {
        return lease.toMillis() / 1000.0;
    }

    /**
     * Work that ends with {@link LeaseLost} where another has taken over.
     *
     * @param renew one statement; false: the lease is another's
     */
    public <T> Mono<T> during(Mono<Boolean> renew, Mono<T> work) {
        return Mono.firstWithSignal(work, lost(renew));
    }

    /** Work that is not ended half way, whoever has the lease by then: at its end its owner is asked for. */
    public <T> Mono<T> alongside(Mono<Boolean> renew, Mono<T> work) {
        return Mono.using(() -> beats(renew).subscribe(), beating -> work, Disposable::dispose);
    }

    private <T> Mono<T> lost(Mono<Boolean> renew) {
        return beats(renew).filter(held -> !held).next().flatMap(lost -> Mono.error(new LeaseLost(what)));
    }

    private Flux<Boolean> beats(Mono<Boolean> renew) {
        return Flux.defer(() -> {
            AtomicLong renewedAt = new AtomicLong(System.nanoTime());
            return Flux.interval(lease.dividedBy(BEATS))
                    .onBackpressureDrop()
                    .concatMap(tick -> beat(renew, renewedAt), 1);
        });
    }

    /** Where nobody answers, it is held for as long as the last answer said. */
    private Mono<Boolean> beat(Mono<Boolean> renew, AtomicLong renewedAt) {
        long begunAt = System.nanoTime();
        return CancellationShield.around(renew)
                .timeout(lease)
                .doOnNext(held -> renewedAt.set(begunAt))
                .onErrorResume(fault -> {
                    LOG.info("The lease of {} is not renewed: {}", what, fault.toString());
                    return Mono.just(System.nanoTime() - renewedAt.get() < lease.toNanos());
                });
    }
}
