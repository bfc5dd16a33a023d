package io.tillstream.delivery.replay;

import io.tillstream.delivery.DeliverySettings;
import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.TopicCreation;
import io.tillstream.delivery.Transactions;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.r2dbc.core.DatabaseClient;

/** Replays for every service that has an outbox. */
@AutoConfiguration(afterName = "io.tillstream.delivery.DeliveryAutoConfiguration")
@ConditionalOnBean(Outbox.class)
@EnableConfigurationProperties(EventReplaySettings.class)
class EventReplayAutoConfiguration {

    private static final int BLOCKS = (int) ReplayTopics.SENDING_TAKES.toMillis() * 3 / 8;

    @Bean
    EventReplays eventReplays(DatabaseClient database, Transactions transactions) {
        return new EventReplays(database, transactions);
    }

    @Bean
    EventHistory eventHistory(DatabaseClient database) {
        return new EventHistory(database);
    }

    @Bean
    EventReplayRelay eventReplayRelay(
            EventReplays replays,
            EventHistory history,
            KafkaAdmin admin,
            KafkaProperties kafka,
            DeliverySettings delivery,
            EventReplaySettings settings) {
        return new EventReplayRelay(
                replays,
                history,
                new ReplayTopics(admin, template(kafka.buildProducerProperties()), delivery),
                settings);
    }

    @Bean
    @ConditionalOnWebApplication
    EventReplayController eventReplayController(
            EventReplays replays, EventHistory history, EventReplayRelay relay, DeliverySettings settings) {
        return new EventReplayController(replays, history, relay, settings);
    }

    /** Its limits end within {@link ReplayTopics#SENDING_TAKES}. */
    private static KafkaTemplate<String, byte[]> template(Map<String, Object> producer) {
        producer.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCKS);
        producer.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, BLOCKS);
        producer.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, BLOCKS / 2);
        producer.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        producer.put(ProducerConfig.ACKS_CONFIG, "all");
        producer.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        producer.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        producer.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, TopicCreation.LARGEST);
        return new KafkaTemplate<>(
                new DefaultKafkaProducerFactory<>(producer, new StringSerializer(), new ByteArraySerializer()));
    }
}
