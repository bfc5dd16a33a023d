package io.tillstream.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.tillstream.sql.Writes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.r2dbc.autoconfigure.ConnectionFactoryOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.MicrometerConsumerListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.ReactiveTransactionManager;
import org.springframework.transaction.reactive.TransactionalOperator;

/** Delivery for every service that owns data; the consumer only where the service has a {@link StripeEventHandler}. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.r2dbc.autoconfigure.R2dbcTransactionManagerAutoConfiguration",
            "org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration",
            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration"
        })
@ConditionalOnProperty("tillstream.delivery.group")
@EnableConfigurationProperties({DeliverySettings.class, SweepPeriods.class})
class DeliveryAutoConfiguration {

    /** The others take over a killed consumer's partitions after this; five heartbeats, so no pause looks like a death. */
    private static final int SESSION_MILLIS = 15_000;

    /** A group of its own: who joins or leaves one of the topics does not stop the other. */
    private static final String DOMAIN_GROUP = ".domain-events";

    @Bean
    ConnectionFactoryOptionsBuilderCustomizer lostDatabase() {
        return options -> options.option(
                PostgresqlConnectionFactoryProvider.LOOP_RESOURCES, new AnswerTimeout(AnswerTimeout.LONGEST));
    }

    @Bean
    Writes writes(DatabaseClient database) {
        return new Writes(database);
    }

    @Bean
    Outbox outbox(Writes writes, ObjectProvider<OutboxRelay> relay) {
        return new Outbox(writes, () -> relay.getObject().committed());
    }

    @Bean
    Transactions transactions(ReactiveTransactionManager manager) {
        return new Transactions(TransactionalOperator.create(manager));
    }

    @Bean
    ParkedEvents parkedEvents(
            DatabaseClient database,
            Writes writes,
            DeliverySettings settings,
            ObjectProvider<ParkedEventsDrain> drain) {
        return new ParkedEvents(
                database, writes, settings.parkedFirst(), () -> drain.ifAvailable(ParkedEventsDrain::hint));
    }

    @Bean
    OutboxRelay outboxRelay(
            DeliverySettings settings,
            KafkaProperties kafka,
            MeterRegistry meters,
            ObjectProvider<ParkedEventsDrain> parked,
            ObjectProvider<SetAsideDrain> setAside) {
        var connections = new RelayConnections(settings);
        return new OutboxRelay(
                connections,
                relayTemplate(kafka.buildProducerProperties(), settings.relayLease()),
                settings,
                new OutboxMaintenance(connections, meters),
                () -> {
                    parked.ifAvailable(ParkedEventsDrain::hint);
                    setAside.ifAvailable(SetAsideDrain::hint);
                });
    }

    @Bean
    TopicCreation topics(KafkaAdmin admin) {
        return new TopicCreation(admin);
    }

    @Bean
    NewTopic stripeEventsTopic(DeliverySettings settings) {
        return topic(StripeEventsListener.TOPIC, settings);
    }

    @Bean
    NewTopic deadLetterTopic(DeliverySettings settings) {
        return topic(RecordErrorHandler.topic(StripeEventsListener.TOPIC, settings.group()), settings);
    }

    @Bean
    @ConditionalOnBean(StripeEventHandler.class)
    StripeEventProcessor eventSettlement(
            Transactions transactions,
            DatabaseClient database,
            ParkedEvents parked,
            StripeEventHandler handler,
            DeliverySettings settings,
            MeterRegistry meters) {
        return new StripeEventProcessor(
                transactions, new Inbox(database), parked, handler, settings.livemode(), settings.account(), meters);
    }

    @Bean
    @ConditionalOnBean(StripeEventHandler.class)
    ParkedEventsDrain parkedEventsDrain(
            ParkedEvents parked,
            StripeEventProcessor settlement,
            DeliverySettings settings,
            KafkaProperties kafka,
            DatabaseClient database,
            MeterRegistry meters) {
        return new ParkedEventsDrain(
                parked,
                settlement,
                settings.parkedEvery(),
                settings.topic(StripeEventsListener.TOPIC),
                RecordErrorHandler.publisher(template(kafka), settings.group()),
                database,
                meters);
    }

    @Bean
    SetAsideRecords setAsideRecords(DatabaseClient database) {
        return new SetAsideRecords(database);
    }

    @Bean
    @ConditionalOnBean(StripeEventHandler.class)
    SetAsideDrain setAsideDrain(
            SetAsideRecords records,
            StripeEventProcessor settlement,
            ObjectProvider<DomainEventProcessor> domainEvents,
            DeliverySettings settings,
            KafkaProperties kafka,
            MeterRegistry meters) {
        return new SetAsideDrain(
                records,
                new RecordFetcher(kafka.buildConsumerProperties()),
                settlement,
                domainEvents.getIfAvailable(),
                RecordErrorHandler.publisher(template(kafka), settings.group()),
                meters);
    }

    @Bean
    @ConditionalOnBean(StripeEventHandler.class)
    UnappliedEvents eventBacklog(
            DatabaseClient database,
            SetAsideRecords setAside,
            SetAsideDrain drain,
            DeliverySettings settings,
            KafkaProperties kafka,
            ObjectProvider<DomainEventHandler> domainEvents) {
        List<String> sources = new ArrayList<>(List.of(StripeEventsListener.TOPIC));
        domainEvents.ifAvailable(handler -> sources.add(handler.topic()));
        return new UnappliedEvents(
                database,
                new DeadLetterReader(kafka.buildConsumerProperties()),
                setAside,
                sources.stream()
                        .map(source -> settings.topic(RecordErrorHandler.topic(source, settings.group())))
                        .toList(),
                drain::hint);
    }

    @Bean
    @ConditionalOnWebApplication
    @ConditionalOnBean(StripeEventHandler.class)
    UnappliedEventController eventBacklogController(UnappliedEvents backlog, DeliverySettings settings) {
        return new UnappliedEventController(backlog, settings);
    }

    @Bean
    @ConditionalOnBean(StripeEventHandler.class)
    ConcurrentMessageListenerContainer<String, byte[]> stripeEvents(
            DeliverySettings settings,
            KafkaProperties kafka,
            StripeEventProcessor settlement,
            SetAsideRecords setAside,
            MeterRegistry meters) {
        var listener = new StripeEventsListener(settlement, setAside);
        var container =
                container(settings.consumerGroup(), StripeEventsListener.TOPIC, listener, settings, kafka, meters);
        container.setConcurrency(settings.consumers());
        container.setCommonErrorHandler(RecordErrorHandler.handler(
                RecordErrorHandler.publisher(template(kafka), settings.group()), listener::stepAside, settings));
        return container;
    }

    @Bean
    @ConditionalOnBean(DomainEventHandler.class)
    DomainEventProcessor domainEventSettlement(
            Transactions transactions, DatabaseClient database, DomainEventHandler handler) {
        return new DomainEventProcessor(transactions, new Inbox(database), handler);
    }

    /** Whoever starts first makes the topic; whoever publishes it makes the same. */
    @Bean
    @ConditionalOnBean(DomainEventHandler.class)
    KafkaAdmin.NewTopics domainEventTopics(DeliverySettings settings, DomainEventHandler handler) {
        return new KafkaAdmin.NewTopics(
                topic(handler.topic(), settings),
                topic(RecordErrorHandler.topic(handler.topic(), settings.group()), settings));
    }

    @Bean
    @ConditionalOnBean(DomainEventHandler.class)
    ConcurrentMessageListenerContainer<String, byte[]> domainEvents(
            DeliverySettings settings,
            KafkaProperties kafka,
            DomainEventHandler handler,
            DomainEventProcessor settlement,
            SetAsideRecords setAside,
            MeterRegistry meters) {
        var listener = new DomainEventsListener(settlement, setAside);
        var container =
                container(settings.consumerGroup() + DOMAIN_GROUP, handler.topic(), listener, settings, kafka, meters);
        container.setCommonErrorHandler(RecordErrorHandler.handler(
                RecordErrorHandler.publisher(template(kafka), settings.group()), listener::stepAside, settings));
        return container;
    }

    private static ConcurrentMessageListenerContainer<String, byte[]> container(
            String group,
            String topic,
            MessageListener<String, byte[]> listener,
            DeliverySettings settings,
            KafkaProperties kafka,
            MeterRegistry meters) {
        Map<String, Object> consumer = kafka.buildConsumerProperties();
        consumer.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        consumer.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        consumer.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consumer.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        var properties = new ContainerProperties(settings.topic(topic));
        properties.setMessageListener(listener);
        properties.setAckMode(ContainerProperties.AckMode.TIME); // repeats after a crash change nothing
        properties.setAckTime(settings.offsetsEvery().toMillis());
        properties.setPollTimeout(settings.offsetsEvery().toMillis()); // also when no further event comes
        properties.setMissingTopicsFatal(false);
        properties.setObservationEnabled(true);
        var consumers =
                new DefaultKafkaConsumerFactory<>(consumer, new StringDeserializer(), new ByteArrayDeserializer());
        consumers.addListener(new MicrometerConsumerListener<>(meters)); // their lag among it
        return new ConcurrentMessageListenerContainer<>(consumers, properties);
    }

    private static NewTopic topic(String name, DeliverySettings settings) {
        return TopicCreation.topic(
                settings.topic(name),
                settings.partitions(),
                settings.replicationFactor(),
                settings.minInsyncReplicas());
    }

    private static KafkaTemplate<String, byte[]> template(KafkaProperties kafka) {
        Map<String, Object> producer = kafka.buildProducerProperties();
        producer.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000); // these threads may wait; an event loop never sends
        producer.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        producer.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        return template(producer);
    }

    /** What it is given is on Kafka, or has failed, while the lease lasts under which it was given. */
    static KafkaTemplate<String, byte[]> relayTemplate(Map<String, Object> producer, Duration lease) {
        int quarter = (int) ShardLeases.sendingTakes(lease).toMillis() / 3;
        producer.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, quarter);
        producer.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * quarter);
        producer.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, quarter);
        producer.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        return template(producer);
    }

    private static KafkaTemplate<String, byte[]> template(Map<String, Object> producer) {
        producer.put(ProducerConfig.ACKS_CONFIG, "all");
        producer.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        producer.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        return new KafkaTemplate<>(
                new DefaultKafkaProducerFactory<>(producer, new StringSerializer(), new ByteArraySerializer()));
    }
}
