package io.tillstream.simulator.proration;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * The dates on which a subscription renews. Each is counted from the anchor, not from the one before: an anchor on the
 * 31st gives the 28th of February and then the 31st of March again.
 *
 * @param anchor in epoch seconds; any of the dates
 * @param interval {@code day}, {@code week}, {@code month} or {@code year}
 * @param count how many intervals a period has
 */
public record BillingCycle(long anchor, String interval, int count) {
    public BillingCycle {
        if (count < 1) {
            throw new IllegalArgumentException("a period has at least one interval");
        }
    }

    /** The period that a time falls into. */
    public Period containing(long time) {
        long number = unit().between(date(0), at(time)) / count;
        while (boundary(number) > time) {
            number--;
        }
        while (boundary(number + 1) <= time) {
            number++;
        }
        return new Period(boundary(number), boundary(number + 1));
    }

    /** The date that is {@code number} periods after the anchor, or before it. */
    public long boundary(long number) {
        return date(number).toEpochSecond();
    }

    /** Whether the dates are equally far apart, wherever the anchor is. */
    public boolean sameRhythm(BillingCycle other) {
        return interval.equals(other.interval) && count == other.count;
    }

    private ZonedDateTime date(long number) {
        return at(anchor).plus(number * count, unit());
    }

    private ChronoUnit unit() {
        return switch (interval) {
            case "day" -> ChronoUnit.DAYS;
            case "week" -> ChronoUnit.WEEKS;
            case "month" -> ChronoUnit.MONTHS;
            case "year" -> ChronoUnit.YEARS;
            default -> throw new IllegalArgumentException("no such interval: " + interval);
        };
    }

    private static ZonedDateTime at(long epochSecond) {
        return Instant.ofEpochSecond(epochSecond).atZone(ZoneOffset.UTC);
    }
}
