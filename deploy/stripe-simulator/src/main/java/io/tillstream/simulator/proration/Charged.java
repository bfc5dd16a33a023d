package io.tillstream.simulator.proration;

import java.math.BigDecimal;

/**
 * What an item was charged for a period, discounts deducted: the base of what its unused time is worth. A credit is a
 * share of what was really charged, not of what the price would be now.
 */
public record Charged(long amount, Period period) {
    /** The credit for the time that is left, as a negative amount. */
    public long creditAfter(long time) {
        return -period.share(BigDecimal.valueOf(amount), period.after(time));
    }
}
