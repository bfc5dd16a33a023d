package io.tillstream.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.tillstream.sql.Writes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
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
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.support.ProducerListener;
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
@EnableConfigurationProperties({DeliverySettings.class, OutboxSettings.class, SweepPeriods.class})
class DeliveryAutoConfiguration {

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
                database,
                writes,
                settings.parkedFirst(),
                settings.claimedFor(),
                () -> drain.ifAvailable(ParkedEventsDrain::hint));
    }

    @Bean
    OutboxRelay outboxRelay(
            DeliverySettings settings,
            OutboxSettings outbox,
            KafkaProperties kafka,
            MeterRegistry meters,
            ObjectProvider<ParkedEventsDrain> parked,
            ObjectProvider<SetAsideDrain> setAside) {
        var connections = new RelayConnections(settings);
        return new OutboxRelay(
                connections,
                relayTemplate(kafka.buildProducerProperties(), settings.relayLease()),
                settings,
                new OutboxMaintenance(connections, outbox, meters),
                () -> {
                    parked.ifAvailable(ParkedEventsDrain::hint);
                    setAside.ifAvailable(SetAsideDrain::hint);
                });
    }

    @Bean
    static MeterFilter oneSeriesATopic() {
        return KafkaTopicNames.WITHOUT_REPEATS;
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
    RefetchedEvents refetchedEvents(StripeEventProcessor settlement, DeliverySettings settings) {
        return new RefetchedEvents(settlement, settings.livemode());
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
                RecordErrorHandler.publisher(template(kafka), settings.group(), meters),
                database,
                meters);
    }

    @Bean
    SetAsideRecords setAsideRecords(DatabaseClient database, DeliverySettings settings) {
        return new SetAsideRecords(database, settings.claimedFor());
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
                RecordErrorHandler.publisher(template(kafka), settings.group(), meters),
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
    EventConsumers eventConsumers(DeliverySettings settings, KafkaProperties kafka, MeterRegistry meters) {
        return new EventConsumers(
                group -> EventConsumers.factory(group, kafka.buildConsumerProperties(), meters),
                settings,
                meters,
                EventConsumers.REST);
    }

    @Bean
    @ConditionalOnBean(StripeEventHandler.class)
    ConcurrentMessageListenerContainer<String, byte[]> stripeEvents(
            EventConsumers consumers,
            DeliverySettings settings,
            KafkaProperties kafka,
            StripeEventProcessor settlement,
            SetAsideRecords setAside,
            MeterRegistry meters) {
        var listener = new StripeEventsListener(settlement, setAside);
        var container = consumers.of(
                settings.consumerGroup(),
                StripeEventsListener.TOPIC,
                listener,
                errors(listener::stepAside, settings, kafka, meters));
        container.setConcurrency(settings.consumers());
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
            EventConsumers consumers,
            DeliverySettings settings,
            KafkaProperties kafka,
            DomainEventProcessor settlement,
            SetAsideRecords setAside,
            MeterRegistry meters) {
        var listener = new DomainEventsListener(settlement, setAside);
        return consumers.of(
                settings.consumerGroup() + DOMAIN_GROUP,
                settlement.topic(),
                listener,
                errors(listener::stepAside, settings, kafka, meters));
    }

    private static CommonErrorHandler errors(
            BiConsumer<ConsumerRecord<?, ?>, String> stepAside,
            DeliverySettings settings,
            KafkaProperties kafka,
            MeterRegistry meters) {
        return RecordErrorHandler.handler(
                RecordErrorHandler.publisher(template(kafka), settings.group(), meters), stepAside, settings);
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
        producer.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, TopicCreation.LARGEST);
        producer.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        producer.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        KafkaTemplate<String, byte[]> template = new KafkaTemplate<>(
                new DefaultKafkaProducerFactory<>(producer, new StringSerializer(), new ByteArraySerializer()));
        template.setProducerListener(new ProducerListener<>() {}); // Spring's own writes a stack trace for each
        return template;
    }
}
