package io.tillstream.simulator.state;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The simulator's one line of time. All state changes here, one turn after the other on one thread, so nothing needs a
 * lock; and here is the clock, which runs like any other until it is set, and the work that falls due on it.
 */
@Component
public final class Timeline {
    private static final Logger log = LoggerFactory.getLogger(Timeline.class);
    private static final long TICK_MILLIS = 25; // how late work that falls due may start

    private final Scheduler thread = Schedulers.newSingle("timeline", true);
    private final PriorityQueue<Due> agenda =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::sequence));
    private final Disposable ticking;
    private volatile long offset;
    private long sequence;

    private record Due(long at, long sequence, Runnable work) {}

    public Timeline() {
        ticking = thread.schedulePeriodically(this::runDue, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** One turn: whatever it reads and changes, it does alone. Runs when subscribed to. */
    public <T> Mono<T> call(Supplier<T> turn) {
        return Mono.fromSupplier(turn).subscribeOn(thread);
    }

    public Instant instant() {
        return Instant.ofEpochMilli(System.currentTimeMillis() + offset);
    }

    /** Seconds since 1970, as Stripe's {@code created} has them. */
    public long now() {
        return instant().getEpochSecond();
    }

    /** Work for later, in a turn of its own. To be called within a turn. */
    public void in(Duration wait, Runnable work) {
        agenda.add(new Due(instant().toEpochMilli() + wait.toMillis(), sequence++, work));
    }

    /** Sets the clock; it runs on from there. Work that falls due on the way is done at its own time, in its order. */
    public void set(Instant target) {
        for (Due due = agenda.peek(); due != null && due.at() <= target.toEpochMilli(); due = agenda.peek()) {
            if (due.at() > instant().toEpochMilli()) {
                jump(due.at());
            }
            agenda.remove(due);
            run(due);
        }
        jump(target.toEpochMilli());
    }

    /** Forgets what was to come and returns to the time outside. */
    public void reset() {
        agenda.clear();
        offset = 0;
    }

    public int upcoming() {
        return agenda.size();
    }

    private void jump(long epochMillis) {
        offset = epochMillis - System.currentTimeMillis();
    }

    private void runDue() {
        long now = instant().toEpochMilli();
        for (Due due = agenda.peek(); due != null && due.at() <= now; due = agenda.peek()) {
            agenda.remove(due);
            run(due);
        }
    }

    private static void run(Due due) {
        try {
            due.work().run();
        } catch (RuntimeException e) {
            log.error("work that fell due failed", e);
        }
    }

    @PreDestroy
    void stop() {
        ticking.dispose();
        thread.dispose();
    }
}
