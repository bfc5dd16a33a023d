package io.tillstream.benchmark.load;

import java.util.List;

/** How long the requests of a round took, and all of them together. */
public record Latencies(List<Long> nanos, long wholeNanos) {
    public Latencies {
        nanos = nanos.stream().sorted().toList();
    }

    public int count() {
        return nanos.size();
    }

    public double perSecond() {
        return count() / (wholeNanos / 1e9);
    }

    /**
     * The time within which a share of the requests was answered.
     *
     * @param share for example 0.99
     */
    public double millis(double share) {
        int rank = (int) Math.ceil(share * count());
        return nanos.get(Math.max(rank, 1) - 1) / 1e6;
    }
}
