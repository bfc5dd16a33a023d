package io.tillstream.chaos.load;

import io.tillstream.chaos.plan.Operation;
import io.tillstream.chaos.plan.Step;
import io.tillstream.chaos.user.Users;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Has the steps of the plan done: each at its time, a few at once. */
public final class Load {
    private static final int AT_ONCE = 12; // steps; one that waits for something broken does not hold up the others

    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Users users;
    private final Executor threads;
    private final RunLog log;
    private final Map<Operation, Integer> done = new EnumMap<>(Operation.class);

    /**
     * Nothing is done yet.
     *
     * @param threads as many as are asked for
     */
    public Load(Users users, Executor threads, RunLog log) {
        this.users = users;
        this.threads = threads;
        this.log = log;
    }

    /** Does what is planned, and returns when all of it is over. */
    public void run(List<Step> steps) {
        long begin = System.nanoTime();
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (Step step : steps) {
            awaitTime(begin + TimeUnit.MILLISECONDS.toNanos(step.atMillis()));
            places.acquireUninterruptibly();
            running.add(CompletableFuture.runAsync(() -> act(step), threads)
                    .whenComplete((nothing, failure) -> places.release()));
        }
        CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new)).join();
    }

    /** Does one step now, in the caller's thread. */
    public void runNow(Step step) {
        act(step);
    }

    /** How often each operation was done. */
    public synchronized Map<Operation, Integer> done() {
        return Map.copyOf(done);
    }

    private void act(Step step) {
        log.line(users.act(step));
        synchronized (this) {
            done.merge(step.operation(), 1, Integer::sum);
        }
    }

    private static void awaitTime(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }
}
