package io.tillstream.gateway.edge;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** A bucket of requests per key, refilled steadily. Kept in this instance's memory only. */
final class TokenBuckets {

    private static final int MOST = 100_000; // keys, some MiB
    private static final Duration TIDIED_EVERY =
            Duration.ofSeconds(1); // all are looked at, on a thread that others wait for
    private static final String OTHERS = ""; // who comes when the map is full shares one bucket

    /** What is left, and whether the request that came last was taken. */
    record Bucket(double tokens, boolean taken, Instant at) {}

    private final int perSecond;
    private final int burst;
    private final Clock clock;
    private final ConcurrentMap<String, Bucket> buckets;
    private final AtomicLong tidiedAt = new AtomicLong(); // milliseconds of the epoch

    TokenBuckets(int perSecond, int burst, Clock clock) {
        this(perSecond, burst, clock, new ConcurrentHashMap<>());
    }

    TokenBuckets(int perSecond, int burst, Clock clock, ConcurrentMap<String, Bucket> buckets) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.clock = clock;
        this.buckets = buckets;
    }

    /** Takes one request; false if there is none left. */
    boolean take(String key) {
        Instant now = clock.instant();
        if (buckets.size() >= MOST && isTimeToTidy(now)) {
            buckets.values().removeIf(bucket -> refilled(bucket, now) >= burst);
        }
        String counted = buckets.size() < MOST || buckets.containsKey(key) ? key : OTHERS;
        return buckets.merge(counted, new Bucket(burst - 1.0, true, now), (before, fresh) -> taken(before, now))
                .taken();
    }

    /** For one of those who ask at the same time. */
    private boolean isTimeToTidy(Instant now) {
        long last = tidiedAt.get();
        long next = now.toEpochMilli();
        boolean isTime = next < last || next - last >= TIDIED_EVERY.toMillis(); // a clock may be set back
        return isTime && tidiedAt.compareAndSet(last, next);
    }

    /** After {@link #take}: it is as if it had not been taken. */
    void giveBack(String key) {
        Instant now = clock.instant();
        buckets.computeIfPresent(
                buckets.containsKey(key) ? key : OTHERS,
                (same, before) -> new Bucket(Math.min(burst, refilled(before, now) + 1), true, now));
    }

    /** A refused request costs nothing: who keeps asking is served again as soon as there is a token. */
    private Bucket taken(Bucket before, Instant now) {
        double tokens = refilled(before, now);
        return tokens >= 1 ? new Bucket(tokens - 1, true, now) : new Bucket(tokens, false, now);
    }

    private double refilled(Bucket bucket, Instant now) {
        double seconds = Duration.between(bucket.at(), now).toNanos() / 1e9;
        return Math.min(burst, bucket.tokens() + Math.max(0, seconds) * perSecond);
    }
}
