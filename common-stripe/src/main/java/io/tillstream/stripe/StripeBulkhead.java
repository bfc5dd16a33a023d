package io.tillstream.stripe;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One kind of call, reads or writes: how many at once, how many a second, how many may wait. */
final class StripeBulkhead implements AutoCloseable {

    private static final Duration WAIT_FOR_TURN = Duration.ofSeconds(5); // half of what a buyer waits
    private static final int QUEUE = 100; // 5 seconds of calls: what waits longer is better told to come back
    private static final Duration DRAIN = Duration.ofSeconds(30); // as long as one call can take

    final RateLimiter turns;
    final ThreadPoolExecutor threads;

    StripeBulkhead(String name, int atOnce, int perSecond) {
        this.turns = RateLimiter.of(
                name,
                RateLimiterConfig.custom()
                        .limitForPeriod(perSecond)
                        .limitRefreshPeriod(Duration.ofSeconds(1))
                        .timeoutDuration(WAIT_FOR_TURN)
                        .build());
        AtomicInteger count = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(atOnce, atOnce, 60, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(DRAIN.toSeconds(), TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
