package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.DefaultErrorHandler;

/** Events are taken again by themselves after whatever ends a consumer: nobody restarts a service for what it does not say. */
class EventConsumersTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String TOPIC = "stripe.events";
    private static final TopicPartition PLACE = new TopicPartition(TOPIC, 0);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger made = new AtomicInteger();
    private final Queue<String> taken = new ConcurrentLinkedQueue<>();
    private final EventConsumers consumers = new EventConsumers(
            group -> new DefaultKafkaConsumerFactory<>(Map.of("group.id", group)) {
                @Override
                protected Consumer<String, byte[]> createRawConsumer(Map<String, Object> settings) {
                    int number = made.incrementAndGet();
                    if (number > 1 && number <= 1 + unmade) {
                        throw new KafkaException("no name of Kafka is known");
                    }
                    return consumer(number);
                }
            },
            settings(),
            meters,
            Duration.ofMillis(50));
    private KafkaException refusal;
    private boolean isDefect;
    private int unmade;
    private ConcurrentMessageListenerContainer<String, byte[]> container;

    private static DeliverySettings settings() {
        Duration rest = Duration.ofMillis(20);
        return new DeliverySettings(
                "orders",
                "",
                false,
                "",
                1,
                (short) 1,
                1,
                1,
                rest,
                rest,
                rest,
                rest,
                Duration.ofSeconds(15),
                3,
                rest,
                Duration.ofSeconds(10),
                "",
                "",
                "");
    }

    /** Gets its partition with the first poll; the first consumer is refused with the second. */
    private MockConsumer<String, byte[]> consumer(int number) {
        var consumer = new MockConsumer<String, byte[]>("earliest");
        consumer.schedulePollTask(() -> {
            consumer.updateBeginningOffsets(Map.of(PLACE, 0L));
            consumer.rebalance(List.of(PLACE));
        });
        consumer.schedulePollTask(() -> {
            if (number == 1 && refusal != null) {
                consumer.setPollException(refusal);
            }
        });
        consumer.schedulePollTask(() -> consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, 0, "key", new byte[0])));
        return consumer;
    }

    private void run() {
        container = consumers.of(
                "orders",
                TOPIC,
                record -> {
                    if (isDefect && made.get() == 1) {
                        throw new NoClassDefFoundError("half a deployment");
                    }
                    taken.add(record.key());
                },
                new DefaultErrorHandler());
        container.setApplicationEventPublisher(event -> {
            if (event instanceof ConsumerStoppedEvent stopped) {
                consumers.onApplicationEvent(stopped);
            }
        });
        consumers.start();
        container.start();
    }

    @AfterEach
    void end() {
        consumers.stop();
        container.stop();
    }

    private double running() {
        return meters.get("tillstream_consumers_running")
                .tag("topic", TOPIC)
                .gauge()
                .value();
    }

    @Test
    void aConsumerThatKafkaRefusesOnceGoesOnByItself() {
        refusal = new TopicAuthorizationException("not now");
        run();
        await().atMost(SOON).until(() -> taken.contains("key"));
        assertThat(made).as("the same consumer").hasValue(1);
        assertThat(running()).isEqualTo(1);
    }

    @Test
    void aConsumerThatEndsIsStartedAnew() {
        isDefect = true;
        run();
        await().atMost(SOON).until(() -> taken.contains("key"));
        assertThat(made).hasValue(2);
        await().atMost(SOON).until(() -> running() == 1);
    }

    /** A start that fails, as while no name of Kafka is known, is no reason to leave partitions without a consumer. */
    @Test
    void aConsumerWhoseStartFailsIsStartedAgain() {
        isDefect = true;
        unmade = 2;
        run();
        await().atMost(SOON).until(() -> taken.contains("key"));
        assertThat(made).hasValue(4);
    }

    @Test
    void aConsumerThatIsStoppedStaysStopped() {
        run();
        await().atMost(SOON).until(() -> taken.contains("key"));
        container.stop();
        assertThat(running()).isZero();
        await().during(Duration.ofMillis(300)).atMost(SOON).until(() -> made.get() == 1);
    }
}
