package io.tillstream.delivery;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Remembers that what rests is to be made due, until it is. At first it is: who claimed something before this process began may
 * be gone.
 */
final class WakeUp {

    /** What fails again and again for a reason of its own is tried no more often. */
    static final Duration REST = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(WakeUp.class);

    private final String what;
    private final Duration rest;
    private final Supplier<Mono<Long>> makeDue;
    private final AtomicBoolean wanted = new AtomicBoolean(true);
    private final AtomicBoolean atStart = new AtomicBoolean(true);
    private volatile @Nullable Long last; // by System.nanoTime; the time at the start does not count

    /**
     * @param what rests, for the log
     * @param rest from one time to the next
     * @param makeDue makes some of it due, and tells how much; nothing is left after zero
     */
    WakeUp(String what, Duration rest, Supplier<Mono<Long>> makeDue) {
        this.what = what;
        this.rest = rest;
        this.makeDue = makeDue;
    }

    /** What was away answers again, or may. */
    void want() {
        wanted.set(true);
    }

    /** Makes it due if that is wanted; where it cannot, as the database is away, it stays wanted. */
    Mono<Void> makeDue() {
        return Mono.defer(() -> {
            if (rests() || !wanted.getAndSet(false)) {
                return Mono.<Void>empty();
            }
            if (!atStart.getAndSet(false)) {
                last = System.nanoTime();
            }
            return Mono.defer(makeDue)
                    .repeat()
                    .takeUntil(due -> due == 0)
                    .then()
                    .onErrorResume(this::later);
        });
    }

    /** How long it rests on before it makes due what is wanted; empty where nothing is, or where it does not rest. */
    Optional<Duration> restLeft() {
        return wanted.get() && rests() ? Optional.of(left()) : Optional.empty();
    }

    private boolean rests() {
        return left().compareTo(Duration.ZERO) > 0;
    }

    private Duration left() {
        Long before = last;
        return before == null ? Duration.ZERO : rest.minusNanos(System.nanoTime() - before);
    }

    private Mono<Void> later(Throwable fault) {
        wanted.set(true);
        LOG.warn("{}: nothing is made due yet: {}", what, fault.toString());
        return Mono.empty();
    }
}
