package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KafkaTopicNamesTest {

    private static final String LAG = "kafka.consumer.fetch.manager.records.lag";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    /** As Kafka's consumer tells it: the same five records by both names of their topic. */
    @Test
    void whoSumsUpTheLagGetsItOnce() {
        meters.config().meterFilter(KafkaTopicNames.WITHOUT_REPEATS);
        for (String topic : new String[] {"stripe.events", "stripe_events"}) {
            meters.gauge(LAG, io.micrometer.core.instrument.Tags.of("topic", topic), new AtomicInteger(5));
        }
        meters.gauge("kafka.consumer.last.poll.seconds.ago", new AtomicInteger(1));

        assertThat(meters.find(LAG).gauges().stream()
                        .mapToDouble(gauge -> gauge.value())
                        .sum())
                .isEqualTo(5);
        assertThat(meters.find("kafka.consumer.last.poll.seconds.ago").gauge()).isNotNull();
    }
}
