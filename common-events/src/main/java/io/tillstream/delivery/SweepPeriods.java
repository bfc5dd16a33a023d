package io.tillstream.delivery;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How often each sweep of a service looks, settings below {@code tillstream.sweep-every}.
 *
 * @param sweepEvery by the sweep's name
 */
@ConfigurationProperties("tillstream")
public record SweepPeriods(Map<String, Duration> sweepEvery) {

    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * All periods.
     *
     * @throws IllegalArgumentException for less than a millisecond, or more than a day
     */
    public SweepPeriods {
        sweepEvery = sweepEvery == null ? Map.of() : Map.copyOf(sweepEvery);
        sweepEvery.forEach((sweep, every) -> {
            if (every.toMillis() < 1 || every.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("tillstream.sweep-every." + sweep + " is from 1ms to 1d");
            }
        });
    }

    /**
     * The period of one sweep.
     *
     * @throws IllegalArgumentException if it has none
     */
    public Duration of(String sweep) {
        Duration every = sweepEvery.get(sweep);
        if (every == null) {
            throw new IllegalArgumentException("tillstream.sweep-every." + sweep + " is not set");
        }
        return every;
    }
}
