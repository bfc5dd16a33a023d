package io.tillstream.simulator.proration;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cent wrong here is a cent wrong on every invoice of a subscriber who changed. */
class ProrationTest {
    private static final Random RANDOM = new Random(20270101);

    /**
     * What Stripe's API answered when people previewed a change and published the answer: the amount of a whole month,
     * the second of the change, the end of the period, and the amount of the line.
     */
    @ParameterizedTest
    @CsvSource({
        "1000, 2017-02-14, 1488568488, 1489449600, 364", // Unused time on monthly widgets after 03 Mar 2017
        "1000, 2018-05-16, 1526487083, 1529161019, 998", // Unused time on Base after 16 May 2018
        "999, 2016-10-25, 1477365718, 1480043392, 999", // Unused time on ws-plan-plus-test after 25 Oct 2016
        "2999, 2016-10-25, 1477365718, 1480043392, 2998" // Remaining time on ws-plan-premium-test after 25 Oct 2016
    })
    void aPartOfAMonthCostsWhatStripeSaidItCosts(long amount, LocalDate begun, long at, long end, long part) {
        BillingCycle cycle = new BillingCycle(end, "month", 1);
        Period period = cycle.containing(at);
        assertThat(Instant.ofEpochSecond(period.start()).atZone(ZoneOffset.UTC).toLocalDate())
                .isEqualTo(begun);
        assertThat(period.end()).isEqualTo(end);
        assertThat(period.share(BigDecimal.valueOf(amount), period.after(at))).isEqualTo(part);
        assertThat(new Charged(amount, period).creditAfter(at)).isEqualTo(-part);
    }

    /** Stripe's page "Set the subscription billing renewal date": anchored on January 31. */
    @Test
    void anAnchorOnThe31stBillsTheLastOfFebruaryThenThe31stOfMarchThenThe30thOfApril() {
        BillingCycle cycle = new BillingCycle(time("2027-01-31T08:00:00Z"), "month", 1);
        assertThat(cycle.boundary(1)).isEqualTo(time("2027-02-28T08:00:00Z"));
        assertThat(cycle.boundary(2)).isEqualTo(time("2027-03-31T08:00:00Z"));
        assertThat(cycle.boundary(3)).isEqualTo(time("2027-04-30T08:00:00Z"));
        assertThat(cycle.boundary(13)).isEqualTo(time("2028-02-29T08:00:00Z"));
    }

    /** The same page: a weekly subscription anchored on Friday, June 3 bills every Friday thereafter. */
    @Test
    void aWeekIsSevenDaysAndAYearKeepsItsLeapDay() {
        BillingCycle weekly = new BillingCycle(time("2022-06-03T00:00:00Z"), "week", 1);
        assertThat(weekly.containing(time("2022-06-09T23:59:59Z")).end()).isEqualTo(time("2022-06-10T00:00:00Z"));
        BillingCycle yearly = new BillingCycle(time("2028-02-29T00:00:00Z"), "year", 1);
        assertThat(yearly.boundary(1)).isEqualTo(time("2029-02-28T00:00:00Z"));
        assertThat(yearly.boundary(4)).isEqualTo(time("2032-02-29T00:00:00Z"));
    }

    @Test
    void everySecondBelongsToExactlyOnePeriod() {
        for (int i = 0; i < 2000; i++) {
            String[] intervals = {"day", "week", "month", "year"};
            BillingCycle cycle = new BillingCycle(
                    RANDOM.nextLong(1_600_000_000L, 2_000_000_000L),
                    intervals[RANDOM.nextInt(intervals.length)],
                    RANDOM.nextInt(1, 4));
            long time = RANDOM.nextLong(1_500_000_000L, 2_200_000_000L);
            Period period = cycle.containing(time);
            assertThat(period.contains(time)).isTrue();
            assertThat(cycle.containing(period.end()).start()).isEqualTo(period.end());
            assertThat(cycle.containing(period.start() - 1).end()).isEqualTo(period.start());
        }
    }

    /** What a change back at the same second credits is just what the change charged. */
    @Test
    void whatIsChargedForTheRestIsWorthThatMuchTheSecondAfter() {
        for (int i = 0; i < 2000; i++) {
            Period month = new Period(0, RANDOM.nextLong(28, 32) * 86_400);
            long at = RANDOM.nextLong(month.end());
            long charged = month.share(BigDecimal.valueOf(RANDOM.nextLong(1_000_000)), month.after(at));
            assertThat(new Charged(charged, month.after(at)).creditAfter(at)).isEqualTo(-charged);
        }
    }

    @Test
    void unusedTimeIsWorthLessBySecondAndNothingAtTheEnd() {
        Charged charged = new Charged(2000, new Period(1000, 1000 + 31 * 86_400));
        long before = charged.creditAfter(0);
        assertThat(before).isEqualTo(-2000);
        for (long at = 1000; at <= charged.period().end(); at += 977) {
            long credit = charged.creditAfter(at);
            assertThat(credit).isBetween(before, 0L);
            before = credit;
        }
        assertThat(charged.creditAfter(charged.period().end() + 5)).isZero();
    }

    private static long time(String text) {
        return Instant.parse(text).getEpochSecond();
    }
}
