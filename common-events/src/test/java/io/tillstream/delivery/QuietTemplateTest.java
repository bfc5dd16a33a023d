package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tillstream.testing.FreePort;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/** What waits in the outbox is tried each second while Kafka is away: with a stack trace each time, nobody finds the line that says so. */
class QuietTemplateTest {

    @Test
    void anEventThatKafkaDoesNotTakeIsToldByWhoeverSentItAlone() throws Exception {
        KafkaTemplate<String, byte[]> kafka = DeliveryAutoConfiguration.relayTemplate(
                new HashMap<>(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + FreePort.any())),
                Duration.ofSeconds(2));
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger spring = (Logger) LoggerFactory.getLogger("org.springframework.kafka");
        spring.addAppender(log);
        try {
            assertThatThrownBy(() -> kafka.send("orders", "alice's order".getBytes(StandardCharsets.UTF_8))
                            .get())
                    .hasRootCauseInstanceOf(TimeoutException.class);
            assertThat(log.list).isEmpty();
        } finally {
            spring.detachAppender(log);
            kafka.getProducerFactory().reset();
        }
    }
}
