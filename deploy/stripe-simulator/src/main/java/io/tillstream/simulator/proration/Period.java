package io.tillstream.simulator.proration;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** A stretch of time that is paid for, in epoch seconds; the end is no part of it. */
public record Period(long start, long end) {
    public Period {
        if (end < start) {
            throw new IllegalArgumentException("a period ends before it starts");
        }
    }

    public long seconds() {
        return end - start;
    }

    public boolean contains(long time) {
        return start <= time && time < end;
    }

    /** What is left of it at a time. */
    public Period after(long time) {
        return new Period(Math.min(Math.max(time, start), end), end);
    }

    /**
     * What {@code part} costs of an amount for this whole period: by the second, rounded to the minor unit once, half away
     * from zero.
     */
    public long share(BigDecimal amount, Period part) {
        if (seconds() == 0) {
            return 0;
        }
        return amount.multiply(BigDecimal.valueOf(part.seconds()))
                .divide(BigDecimal.valueOf(seconds()), 0, RoundingMode.HALF_UP)
                .longValueExact();
    }
}
