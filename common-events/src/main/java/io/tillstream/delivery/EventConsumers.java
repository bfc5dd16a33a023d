package io.tillstream.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.MicrometerConsumerListener;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Makes the consumers and keeps them running: a refusal of Kafka, as while its rights or certificates change, is asked again,
 * and one that stopped by itself is started anew. Else its partitions would wait, in silence, for the next restart.
 */
final class EventConsumers implements SmartLifecycle, ApplicationListener<ConsumerStoppedEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(EventConsumers.class);

    /** The others take over a killed consumer's partitions after this; five heartbeats, so no pause looks like a death. */
    private static final int SESSION_MILLIS = 15_000;

    /** Soon after rights are mended, and no burden while they are not. */
    static final Duration REST = Duration.ofSeconds(10);

    private final Function<String, ConsumerFactory<String, byte[]>> consumers;
    private final DeliverySettings settings;
    private final MeterRegistry meters;
    private final Duration rest;
    private final Set<MessageListenerContainer> stopped = ConcurrentHashMap.newKeySet();
    private volatile Disposable.Composite restarts = Disposables.composite();
    private volatile boolean running;

    /**
     * No consumer yet.
     *
     * @param consumers of a group
     * @param rest before Kafka is asked again, or a consumer is started anew
     */
    EventConsumers(
            Function<String, ConsumerFactory<String, byte[]>> consumers,
            DeliverySettings settings,
            MeterRegistry meters,
            Duration rest) {
        this.consumers = consumers;
        this.settings = settings;
        this.meters = meters;
        this.rest = rest;
    }

    static ConsumerFactory<String, byte[]> factory(String group, Map<String, Object> consumer, MeterRegistry meters) {
        consumer.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        consumer.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        consumer.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consumer.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        var factory =
                new DefaultKafkaConsumerFactory<>(consumer, new StringDeserializer(), new ByteArrayDeserializer());
        factory.addListener(new MicrometerConsumerListener<>(meters)); // their lag among it
        return factory;
    }

    ConcurrentMessageListenerContainer<String, byte[]> of(
            String group, String topic, MessageListener<String, byte[]> listener, CommonErrorHandler errors) {
        var properties = new ContainerProperties(settings.topic(topic));
        properties.setMessageListener(listener);
        properties.setAckMode(ContainerProperties.AckMode.TIME); // repeats after a crash change nothing
        properties.setAckTime(settings.offsetsEvery().toMillis());
        properties.setPollTimeout(settings.offsetsEvery().toMillis()); // also when no further event comes
        properties.setMissingTopicsFatal(false);
        properties.setObservationEnabled(true);
        properties.setAuthExceptionRetryInterval(rest);
        var container = new ConcurrentMessageListenerContainer<>(consumers.apply(group), properties);
        container.setCommonErrorHandler(errors);
        Gauge.builder("tillstream_consumers_running", container, EventConsumers::running)
                .description("Consumers that take events; fewer than there should be means that events wait")
                .tag("topic", topic)
                .register(meters);
        return container;
    }

    private static double running(ConcurrentMessageListenerContainer<String, byte[]> container) {
        return container.getContainers().stream()
                .filter(MessageListenerContainer::isRunning)
                .count();
    }

    @Override
    public void onApplicationEvent(ConsumerStoppedEvent event) {
        if (!running || event.getReason() == ConsumerStoppedEvent.Reason.NORMAL) {
            return;
        }
        MessageListenerContainer container = event.getContainer(MessageListenerContainer.class);
        LOG.error(
                "A consumer stopped by itself ({}) and is started again in {}: {}", event.getReason(), rest, container);
        restartLater(container);
    }

    private void restartLater(MessageListenerContainer container) {
        if (stopped.add(container)) {
            var unused =
                    restarts.add(Mono.delay(rest, Schedulers.boundedElastic()).subscribe(now -> restart(container)));
        }
    }

    /**
     * All of its consumers: those that still run give their partitions back, and take part anew. A start may fail, as while
     * no name of Kafka is known.
     */
    private void restart(MessageListenerContainer container) {
        stopped.remove(container);
        if (!running) {
            return;
        }
        try {
            container.stop();
            container.start();
            LOG.info("Consumers run again: {}", container);
        } catch (RuntimeException fault) {
            LOG.error("Consumers could not be started and are started again in {}: {}", rest, container, fault);
            restartLater(container);
        }
    }

    @Override
    public void start() {
        running = true;
        restarts = Disposables.composite();
    }

    @Override
    public void stop() {
        running = false;
        restarts.dispose();
        stopped.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops before the consumers do, so that none is started while the service ends. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
