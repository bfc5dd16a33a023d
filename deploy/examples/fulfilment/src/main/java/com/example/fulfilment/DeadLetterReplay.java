package com.example.fulfilment;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Profile;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

/**
 * Tries the dead letters again that are there now, through the same rules, and ends; for when their cause is mended. A letter
 * that fails again goes to the end of the topic, for the next time; one that was applied meanwhile changes nothing.
 *
 * <pre>{@code
 * java -jar fulfilment.jar --spring.profiles.active=dead-letters
 * }</pre>
 */
@Component
@Profile("dead-letters")
class DeadLetterReplay implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterReplay.class);
    private static final String GROUP = "fulfilment.dead-letters"; // how far they were tried
    private static final Duration POLL = Duration.ofSeconds(1);

    private final ConsumerFactory<String, byte[]> consumers;
    private final KafkaTemplate<String, byte[]> kafka;
    private final ShipmentFlow flow;

    DeadLetterReplay(
            ConsumerFactory<String, byte[]> consumers, KafkaTemplate<String, byte[]> kafka, ShipmentFlow flow) {
        this.consumers = consumers;
        this.kafka = kafka;
        this.flow = flow;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        try (Consumer<String, byte[]> consumer = consumers.createConsumer(GROUP, null)) {
            List<TopicPartition> partitions = consumer.partitionsFor(KafkaConfiguration.DEAD_LETTERS).stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            consumer.assign(partitions); // from what is committed, or the beginning
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < end(ends, each))) {
                for (ConsumerRecord<String, byte[]> letter : consumer.poll(POLL)) {
                    if (letter.offset() < end(ends, new TopicPartition(letter.topic(), letter.partition()))) {
                        tryAgain(letter);
                    }
                }
            }
            consumer.commitSync(ends.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, end -> new OffsetAndMetadata(end.getValue()))));
        }
    }

    private void tryAgain(ConsumerRecord<String, byte[]> letter) {
        try {
            flow.apply(ReceivedEvent.read(letter));
        } catch (RuntimeException cause) {
            LOG.warn("A dead letter fails again: {}", cause.toString());
            CompletableFuture<?> kept = kafka.send(
                    new ProducerRecord<>(letter.topic(), null, letter.key(), letter.value(), letter.headers()));
            kept.join(); // before it is passed over
        }
    }

    private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }
}
