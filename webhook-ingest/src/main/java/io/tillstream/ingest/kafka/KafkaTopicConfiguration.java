package io.tillstream.ingest.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.ingest.IngestSettings;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;

@Configuration(proxyBeanMethods = false)
class KafkaTopicConfiguration {

    /** In bytes: an event of 1 MiB, the most that is taken in, and its headers; the consumers make their topics the same. */
    private static final int LARGEST = 3 * 1024 * 1024;

    private static final Duration RETENTION = Duration.ofDays(30); // as long as Stripe itself keeps events

    @Bean
    KafkaTemplate<String, byte[]> kafkaTemplate(ProducerFactory<String, byte[]> producers) {
        return new ObservedKafkaTemplate(producers);
    }

    @Bean
    NewTopic stripeEvents(IngestSettings settings) {
        return TopicBuilder.name(settings.prefix() + StripeEventPublisher.NAME)
                .partitions(settings.partitions())
                .replicas(settings.replicationFactor())
                .configs(Map.of(
                        "retention.ms", String.valueOf(RETENTION.toMillis()),
                        "min.insync.replicas", String.valueOf(settings.minInsyncReplicas()),
                        "max.message.bytes", String.valueOf(LARGEST)))
                .build();
    }

    @Bean
    TopicCreation topicCreation(KafkaAdmin admin, KafkaTemplate<String, byte[]> kafka, IngestSettings settings) {
        return new TopicCreation(admin, kafka, settings);
    }

    @Bean
    StripeEventPublisher stripeEventsTopic(
            KafkaTemplate<String, byte[]> kafka, IngestSettings settings, MeterRegistry meters) {
        return new StripeEventPublisher(kafka, settings, meters);
    }

    @Bean
    NewTopic bookmarksTopic(IngestSettings settings) {
        return TopicBuilder.name(settings.prefix() + BookmarkTopic.NAME)
                .partitions(1)
                .replicas(settings.replicationFactor())
                .compact()
                .configs(Map.of("min.insync.replicas", String.valueOf(settings.minInsyncReplicas())))
                .build();
    }

    @Bean
    BookmarkTopic bookmarks(KafkaTemplate<String, byte[]> kafka, IngestSettings settings, KafkaProperties properties) {
        return new BookmarkTopic(kafka, settings.prefix() + BookmarkTopic.NAME, properties.buildConsumerProperties());
    }
}
