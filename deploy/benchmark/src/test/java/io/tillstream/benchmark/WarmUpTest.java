package io.tillstream.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.benchmark.load.WarmUp;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    @Test
    void itEndsWhenThreeRoundsInARowAgreeWithinFivePercent() {
        WarmUp warmUp = rounds(10.0, 20.0, 30.0, 40.0, 39.0, 38.5, 99.0);

        assertThat(warmUp).isEqualTo(new WarmUp(List.of(10.0, 20.0, 30.0, 40.0, 39.0, 38.5), true));
    }

    @Test
    void figuresOfASystemThatStillGetsQuickerAreNotTakenForItsBest() {
        assertThat(rounds(10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0).agreed()).isFalse();
    }

    private static WarmUp rounds(Double... rates) {
        Iterator<Double> next = List.of(rates).iterator();
        return WarmUp.until(next::next, rates.length);
    }
}
