package io.tillstream.simulator.state;

import jakarta.annotation.PreDestroy;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The simulator's one line of time. All state changes here, one turn after the other on one thread, so nothing needs a
 * lock; and here is the clock, which runs like any other until it is set, and the work that falls due on it. What a turn
 * changed is written to its log, if it has one, before anybody hears what came of the turn.
 */
@Component
public final class Timeline implements Kept {
    private static final Logger log = LoggerFactory.getLogger(Timeline.class);
    private static final long TICK_MILLIS = 25; // how late work that falls due may start

    private final Scheduler thread = Schedulers.newSingle("timeline", true);
    private final DueWork agenda = new DueWork();
    private final Disposable ticking;
    private volatile TurnLog turns = TurnLog.NONE;
    private volatile long offset;
    private long writtenOffset;
    private long offsetBefore;
    private @Nullable Frozen frozen; // only within a turn, while something is done by a clock that stands

    /** A clock of its own that does not run. */
    private record Frozen(String clock, long millis) {}

    public Timeline() {
        ticking = thread.schedulePeriodically(this::runDue, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    public void writeTo(TurnLog turnLog) {
        turns = turnLog;
    }

    /** One turn: whatever it reads and changes, it does alone. Runs when subscribed to. */
    public <T> Mono<T> call(Supplier<T> turn) {
        return Mono.fromSupplier(() -> alone(turn)).subscribeOn(thread);
    }

    @CanIgnoreReturnValue
    private <T> T alone(Supplier<T> turn) {
        turns.begin();
        try {
            return turn.get();
        } finally {
            turns.end();
        }
    }

    public Instant instant() {
        return Instant.ofEpochMilli(System.currentTimeMillis() + offset);
    }

    /** Seconds since 1970, as Stripe's {@code created} has them. */
    public long now() {
        return instant().getEpochSecond();
    }

    /**
     * A kind of work for later, that survives the process by its name and what it is done with. To be made once, by the
     * constructor of who does it.
     */
    public Work work(String name, Consumer<List<String>> does) {
        return agenda.kind(name, does);
    }

    /** Work for later, in a turn of its own; at once if the wait is negative. To be called within a turn. */
    public void in(Duration wait, Work work, String... with) {
        long millis = Math.max(0, wait.toMillis());
        agenda.add("", instant().toEpochMilli() + millis, work, List.of(with));
    }

    /** The same on the clock that stands now, if one does: it falls due when that is moved so far. */
    void inStanding(Duration wait, Work work, String... with) {
        long millis = Math.max(0, wait.toMillis());
        agenda.add(frozen == null ? "" : frozen.clock(), standing().toEpochMilli() + millis, work, List.of(with));
    }

    /** The time of the clock that stands now, else that of the timeline. */
    Instant standing() {
        return frozen == null ? instant() : Instant.ofEpochMilli(frozen.millis());
    }

    /** Within a turn: while {@code work} is done, the time is that of this clock, which stands there already or not. */
    <T> T at(String clock, Instant time, Supplier<T> work) {
        Frozen before = frozen;
        if (before == null || !before.clock().equals(clock)) {
            frozen = new Frozen(clock, time.toEpochMilli());
        }
        try {
            return work.get();
        } finally {
            frozen = before;
        }
    }

    /** Within a turn: moves a clock, and does what falls due by it on the way at its own time. */
    void advance(String clock, Instant from, Instant target) {
        frozen = new Frozen(clock, from.toEpochMilli());
        try {
            long until = target.toEpochMilli();
            for (DueWork.Due due = agenda.until(clock, until); due != null; due = agenda.until(clock, until)) {
                frozen = new Frozen(
                        clock, Math.max(due.at(), Objects.requireNonNull(frozen).millis()));
                run(due);
            }
        } finally {
            frozen = null;
        }
    }

    /** Forgets what is due by a clock. */
    void drop(String clock) {
        agenda.drop(clock);
    }

    /** The same for what may end with the process. */
    public void inThisProcess(Duration wait, Runnable work) {
        in(wait, DueWork.unnamed(work));
    }

    /** Sets the clock; it runs on from there. Work that falls due on the way is done at its own time, in its order. */
    public void set(Instant target) {
        for (DueWork.Due due = agenda.until("", target.toEpochMilli());
                due != null;
                due = agenda.until("", target.toEpochMilli())) {
            if (due.at() > instant().toEpochMilli()) {
                jump(due.at());
            }
            run(due);
        }
        jump(target.toEpochMilli());
    }

    /** Goes on after a pause: what fell due since {@code last}, on the clock outside, is done as if there had been none. */
    public void catchUp(Instant last) {
        long usual = offset;
        Instant now = instant();
        jump(last.toEpochMilli() + usual);
        set(now);
        offset = usual;
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
        try {
            for (DueWork.Due due = agenda.until("", now); due != null; due = agenda.until("", now)) {
                DueWork.Due next = due;
                alone(() -> {
                    run(next);
                    return next;
                });
            }
        } catch (TurnLog.NotWritten e) {
            log.debug("what is due waits until the state can be written");
        }
    }

    private void run(DueWork.Due due) {
        agenda.take(due);
        try {
            due.work().does().accept(due.with());
        } catch (RuntimeException e) {
            log.error("work that fell due failed", e);
        }
    }

    @Override
    public void attempt() {
        offsetBefore = offset;
        agenda.attempt();
    }

    @Override
    public void settle() {
        agenda.settle();
    }

    @Override
    public void takeBack() {
        offset = offsetBefore;
        agenda.takeBack();
    }

    @Override
    public String name() {
        return "timeline";
    }

    @Override
    public void keep() {
        agenda.keep();
    }

    @Override
    public boolean isChanged() {
        return agenda.isChanged() || offset != writtenOffset;
    }

    @Override
    public void writeChanges(DataOutput out) throws IOException {
        out.writeLong(offset);
        writtenOffset = offset;
        agenda.writeChanges(out);
    }

    @Override
    public Copy copy() {
        long now = offset;
        Copy due = agenda.copy();
        return out -> {
            out.writeLong(now);
            due.writeTo(out);
        };
    }

    @Override
    public void read(DataInput in) throws IOException {
        offset = in.readLong();
        writtenOffset = offset;
        agenda.read(in);
    }

    @Override
    public void restored() {
        agenda.restored();
    }

    @Override
    public void clear() {
        reset();
    }

    @PreDestroy
    void stop() {
        ticking.dispose();
        thread.dispose();
    }
}
