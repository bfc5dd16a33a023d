package io.tillstream.delivery.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.DeliverySettings;
import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.events.OrderEvent;
import io.tillstream.stripe.StripeAutoConfiguration;
import io.tillstream.testing.TestKafka;
import io.tillstream.testing.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import reactor.core.publisher.Flux;

/** What was told is told again, to one, as it was. */
@SpringBootTest(classes = EventReplayIT.App.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
class EventReplayIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PREFIX = TestKafka.newPrefix();
    private static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();
    private static final String REFUNDED = "io.tillstream.order.refunded.v1";
    private static final int MORE_THAN_A_PAGE = 1_100;

    private final String consumer = "c" + UUID.randomUUID().toString().substring(0, 8);

    @SpringBootApplication(exclude = StripeAutoConfiguration.class)
    static class App {}

    @Autowired
    Outbox outbox;

    @Autowired
    Transactions transactions;

    @Autowired
    DatabaseClient database;

    @Autowired
    DeliverySettings delivery;

    @Autowired
    EventReplays replays;

    @Autowired
    EventHistory history;

    @Autowired
    EventReplayRelay relay;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry settings) {
        TestKafka.createTopics(3, PREFIX + "orders.events");
        settings.add("spring.r2dbc.url", () -> "r2dbc:" + DATABASE.url());
        settings.add("spring.r2dbc.username", DATABASE::user);
        settings.add("spring.r2dbc.password", DATABASE::password);
        settings.add("spring.flyway.url", () -> "jdbc:" + DATABASE.url());
        settings.add("spring.flyway.user", DATABASE::user);
        settings.add("spring.flyway.password", DATABASE::password);
        settings.add("spring.flyway.locations", () -> "classpath:db/delivery");
        settings.add("spring.kafka.bootstrap-servers", TestKafka::bootstrapServers);
        settings.add("tillstream.delivery.prefix", () -> PREFIX);
        settings.add("tillstream.delivery.group", () -> "order-service");
        settings.add("tillstream.delivery.partitions", () -> 3);
        settings.add("tillstream.delivery.database-url", DATABASE::url);
        settings.add("tillstream.delivery.database-user", DATABASE::user);
        settings.add("tillstream.delivery.database-password", DATABASE::password);
        settings.add("tillstream.event-replays.every", () -> "100ms");
    }

    @BeforeEach
    void empty() {
        run("delete from event_replays");
        run("delete from outbox");
    }

    @Test
    void oneOrdersEventsComeAgainInTheirOrderWithTheirIdsAndAMark() {
        String order = UUID.randomUUID().toString();
        told(order, 5);
        told(UUID.randomUUID().toString(), 5);

        UUID id = begin(new EventSelection(order, List.of(), null, null));

        awaitDone(id);
        List<ConsumerRecord<String, byte[]>> live = TestKafka.records(PREFIX + "orders.events").stream()
                .filter(record -> record.key().equals(order))
                .toList();
        List<ConsumerRecord<String, byte[]>> again = replayed();
        assertThat(again.stream().map(EventReplayIT::shown))
                .hasSize(6)
                .isEqualTo(live.stream().map(EventReplayIT::shown).toList());
        assertThat(again).allSatisfy(record -> {
            assertThat(header(record, "ce_replayid")).isEqualTo(id.toString());
            assertThat(header(record, "ce_sequence")).matches("[0-9]{19}");
        });
        assertThat(live).allSatisfy(record -> assertThat(record.headers().lastHeader("ce_replayid"))
                .isNull());
        assertThat(again.stream().map(record -> header(record, "ce_sequence"))).isSorted();
    }

    @Test
    void ofOneTypeSinceAMomentAllComeAndNoOthers() {
        String before = UUID.randomUUID().toString();
        String after = UUID.randomUUID().toString();
        told(before, 2);
        Instant since = database.sql("select clock_timestamp() as now")
                .map(row -> row.get("now", Instant.class))
                .one()
                .block(SOON);
        told(after, 3);

        UUID id = begin(new EventSelection(null, List.of(REFUNDED), since, null));

        awaitDone(id);
        assertThat(replayed()).hasSize(3).allSatisfy(record -> {
            assertThat(record.key()).isEqualTo(after);
            assertThat(header(record, "ce_type")).isEqualTo(REFUNDED);
        });
        UUID none = begin(new EventSelection(null, List.of(REFUNDED), null, Instant.EPOCH));
        awaitDone(none);
        assertThat(replayed()).hasSize(3);
    }

    @Test
    void whatIsCountedIsWhatThenComesAlsoOverManyPages() {
        List<String> orders = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            orders.add(UUID.randomUUID().toString());
            told(orders.get(i), MORE_THAN_A_PAGE / 10);
        }
        number("select setval(pg_get_serial_sequence('outbox', 'seq'), (select max(seq) + 50000 from outbox)) as n");
        told(UUID.randomUUID().toString(), 1);
        var selection = new EventSelection(null, List.of(REFUNDED), null, null);
        long counted = history.bounds()
                .flatMap(bounds -> history.count(selection, bounds))
                .block(SOON);

        UUID id = begin(selection);

        EventReplay done = awaitDone(id);
        assertThat(counted).isEqualTo(MORE_THAN_A_PAGE + 1);
        assertThat(done.events()).isEqualTo(counted);
        assertThat(done.sent()).isEqualTo(counted);
        assertThat(replayed()).hasSize((int) counted);
        for (String order : orders) {
            assertThat(replayed().stream()
                            .filter(record -> record.key().equals(order))
                            .map(record -> header(record, "ce_sequence")))
                    .hasSize(MORE_THAN_A_PAGE / 10)
                    .isSorted();
        }
    }

    @Test
    void whatAnInstanceLeftHalfWayAnotherGoesOnWithAndTheFirstMovesNothingAnyMore() {
        String order = UUID.randomUUID().toString();
        told(order, 5);
        relay.stop(); // nobody takes it meanwhile
        UUID id = begin(new EventSelection(order, List.of(), null, null));
        EventReplay frozen = claimed();
        long half = number("select seq as n from outbox order by seq offset 2 limit 1");
        replays.advance(frozen, half, 3).block(SOON);
        EventReplay again = claimed();
        assertThat(replays.claim().blockOptional(SOON)).as("it is leased").isEmpty();
        run("update event_replays set lease_until = now()"); // as if its time were over

        relay.start();

        EventReplay done = awaitDone(id);
        replays.advance(again, 0, 100).block(SOON);
        assertThat(replays.find(id).block(SOON)).isEqualTo(done);
        assertThat(done.sent()).isEqualTo(6);
        assertThat(replayed()).hasSize(3); // the first three were another's
    }

    @Test
    void aConsumerHasOneAtATime() {
        relay.stop();
        begin(new EventSelection("one", List.of(), null, null));
        EventHistory.Bounds bounds = history.bounds().block(SOON);

        assertThat(replays.add(UUID.randomUUID(), consumer, new EventSelection("two", List.of(), null, null), 0, bounds)
                        .block(SOON))
                .isFalse();
        assertThat(replays.add(
                                UUID.randomUUID(),
                                consumer + "-b",
                                new EventSelection("two", List.of(), null, null),
                                0,
                                bounds)
                        .block(SOON))
                .isTrue();
        relay.start();
        await().atMost(SOON).until(() -> number("select count(*) as n from event_replays where status = 'done'") == 2);
    }

    @Test
    void whatDoesNotGetThroughInADayIsToldAsFailed() {
        relay.stop();
        UUID id = begin(new EventSelection("one", List.of(), null, null));
        run("update event_replays set created_at = now() - interval '25 hours'");
        EventReplay stuck = claimed();

        replays.later(stuck, "Kafka is away", Duration.ofSeconds(5)).block(SOON);

        EventReplay failed = replays.find(id).block(SOON);
        assertThat(failed.status()).isEqualTo(EventReplay.Status.FAILED);
        assertThat(failed.why()).isEqualTo("Kafka is away");
        relay.start();
    }

    /** A topic that cannot be made is waited for longer than a lease lasts. */
    @Test
    void whatAPageWaitsOnIsToldAlsoWhereItsTopicCannotBeMade() {
        relay.stop();
        UUID id = begin(new EventSelection("one", List.of(), null, null));
        var never = new CountDownLatch(1);
        KafkaAdmin away = new KafkaAdmin(Map.of()) {
            @Override
            public void createOrModifyTopics(NewTopic... topics) {
                try {
                    never.await();
                } catch (InterruptedException cause) {
                    throw new IllegalStateException(cause);
                }
            }
        };
        var other = new EventReplayRelay(
                replays,
                history,
                new ReplayTopics(away, new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of())), delivery),
                new EventReplaySettings(Duration.ofMillis(100)));

        other.start();
        try {
            await().atMost(SOON).until(() -> replays.find(id).block(SOON).why() != null);
        } finally {
            other.stop();
            never.countDown();
            relay.start();
        }
    }

    /** So many refunds of an order, then its end; on Kafka when this returns. */
    private void told(String order, int refunds) {
        List<OrderEvent> events = new ArrayList<>();
        for (int i = 1; i <= refunds; i++) {
            events.add(new OrderEvent.Refunded(order, "user", new Money(i, "usd")));
        }
        events.add(new OrderEvent.Canceled(order, "user", null));
        transactions
                .run(Flux.fromIterable(events).concatMap(outbox::append).then())
                .block(SOON);
        await().atMost(SOON).until(() -> number("select count(*) as n from outbox where sent_at is null") == 0);
    }

    private UUID begin(EventSelection selection) {
        UUID id = UUID.randomUUID();
        EventHistory.Bounds bounds = history.bounds().block(SOON);
        long events = history.count(selection, bounds).block(SOON);
        assertThat(replays.add(id, consumer, selection, events, bounds).block(SOON))
                .isTrue();
        relay.hint();
        return id;
    }

    /** A claim that was on its way when the relay stopped may have it for a lease. */
    private EventReplay claimed() {
        return await().atMost(SOON)
                .pollDelay(Duration.ZERO)
                .until(() -> replays.claim().block(SOON), Objects::nonNull);
    }

    private EventReplay awaitDone(UUID id) {
        return await().atMost(SOON)
                .until(() -> replays.find(id).block(SOON), found -> found.status() == EventReplay.Status.DONE);
    }

    /** Each once: a page that Kafka took longer for than the producer waits is sent again, as promised. */
    private List<ConsumerRecord<String, byte[]>> replayed() {
        Set<String> seen = new HashSet<>();
        return TestKafka.records(PREFIX + "replay." + consumer).stream()
                .filter(record -> seen.add(header(record, "ce_replayid") + header(record, "ce_id")))
                .toList();
    }

    private static String shown(ConsumerRecord<String, byte[]> record) {
        return record.key() + " " + header(record, "ce_id") + " " + header(record, "ce_type") + " "
                + header(record, "ce_time") + " " + new String(record.value(), StandardCharsets.UTF_8);
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private long number(String sql) {
        return database.sql(sql).map(row -> row.get("n", Long.class)).one().block(SOON);
    }

    private void run(String sql) {
        database.sql(sql).fetch().rowsUpdated().block(SOON);
    }
}
