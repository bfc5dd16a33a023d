package io.tillstream.gateway.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricSamplesTest {

    private static final MetricSamples SAMPLES = MetricSamples.read("""
            # HELP lag Records that wait
            # TYPE lag gauge
            lag{client_id="a",partition="0"} 3.0
            lag{client_id="a",partition="1"} NaN
            lag{client_id="b",partition="0"} 4 1700000000000
            lag_max{client_id="a"} 30.0
            seconds_sum 1.5E-2
            longest +Inf
            """);

    @Test
    void whatIsOfOneNameIsAddedUpAndNoOther() {
        assertThat(SAMPLES.sum("lag")).isEqualTo(7);
        assertThat(SAMPLES.sum("lag", "client_id=\"a\"")).isEqualTo(3);
        assertThat(SAMPLES.sum("seconds_sum")).isEqualTo(0.015);
    }

    @Test
    void whatIsNotThereOrIsNoNumberIsNothing() {
        assertThat(SAMPLES.sum("nothing")).isZero();
        assertThat(SAMPLES.sum("lag", "partition=\"1\"")).isZero();
        assertThat(SAMPLES.sum("longest")).isZero();
    }
}
