package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tillstream.testing.TestKafka;
import io.tillstream.testing.TestPostgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the relay asks of the database: two statements where something is to be sent, and else nothing of its own. */
class RelayRoundTripsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int EVENTS = 20;
    private static final String SELECT = "lateral";
    private static final String MARK = "set sent_at";
    private static final String RENEWAL = "lease_until";

    private final TestPostgres.Database database = TestPostgres.newDatabase();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final String prefix = TestKafka.newPrefix();
    private final Counted connections = new Counted(settings(Duration.ofSeconds(15)));
    private OutboxRelay relay = relay(connections, Duration.ofSeconds(15));
    private OutboxRelay other = relay(new RelayConnections(settings(Duration.ofSeconds(15))), Duration.ofSeconds(15));

    private DeliverySettings settings(Duration lease) {
        return new DeliverySettings(
                "relayed",
                prefix,
                false,
                "",
                1,
                (short) 1,
                1,
                2,
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                3,
                Duration.ofSeconds(1),
                lease,
                database.url(),
                database.user(),
                database.password());
    }

    private OutboxRelay relay(RelayConnections through, Duration lease) {
        return relay(through, lease, TestKafka.bootstrapServers());
    }

    private OutboxRelay relay(RelayConnections through, Duration lease, String kafka) {
        Map<String, Object> producer = new HashMap<>(Map.of("bootstrap.servers", kafka));
        return new OutboxRelay(
                through,
                DeliveryAutoConfiguration.relayTemplate(producer, lease),
                settings(lease),
                new OutboxMaintenance(through, new OutboxSettings(Duration.ofDays(30)), meters),
                () -> {});
    }

    @BeforeEach
    void tables() {
        TestKafka.createTopics(1, prefix + "orders.events");
        Flyway.configure()
                .dataSource("jdbc:" + database.url(), database.user(), database.password())
                .locations("classpath:db/delivery")
                .load()
                .migrate();
    }

    @AfterEach
    void end() {
        relay.stop();
        other.stop();
    }

    @Test
    void anEventTakesOneSelectForAllShardsAndOneUpdate() {
        relay.start();
        await().atMost(SOON).until(() -> connections.count(SELECT) > 0);
        int before = connections.count(SELECT);
        for (int i = 1; i <= EVENTS; i++) {
            write(i);
            relay.committed();
            seesMarked(i);
        }
        assertThat(connections.count(MARK)).isEqualTo(EVENTS);
        assertThat(connections.count(SELECT) - before).isLessThanOrEqualTo(EVENTS + connections.count(RENEWAL));
        assertThat(connections.count("pg_notify"))
                .as("it holds all shards itself")
                .isZero();
    }

    @Test
    void whoHoldsNoShardWakesTheHolderAtOnce() {
        relay.start();
        await().atMost(SOON).until(() -> connections.count(RENEWAL) > 0);
        other.start();
        int foundAtOnce = 0;
        for (int i = 1; i <= 3 * EVENTS && foundAtOnce <= EVENTS / 2; i++) { // a busy machine takes longer for some
            int before = connections.count(RENEWAL);
            write(i);
            other.committed();
            seesMarked(i);
            foundAtOnce += connections.count(RENEWAL) == before ? 1 : 0;
        }
        assertThat(foundAtOnce)
                .as("before a renewal of the leases, which would have found it")
                .isGreaterThan(EVENTS / 2);
    }

    @Test
    void whatNobodyToldIsFoundWhenTheLeasesAreRenewed() {
        relay.start();
        await().atMost(SOON).until(() -> connections.count(RENEWAL) > 0);
        write(1);
        seesMarked(1);
    }

    @Test
    void anIdleRelayAsksForNothingButItsLeases() {
        Duration lease = Duration.ofSeconds(2);
        Counted idle = new Counted(settings(lease));
        relay = relay(idle, lease);
        long began = System.nanoTime();
        relay.start();
        await().atMost(SOON).until(() -> idle.count(RENEWAL) >= 16);
        int asked = idle.count("") - idle.count(RENEWAL);
        int rounds = (int) (Duration.ofNanos(System.nanoTime() - began).toSeconds() / 15);
        int once = 6 + 5 * rounds; // it listens, and looks, measures and cleans three tables up each 15 s
        assertThat(asked).as("%s", idle.asked).isLessThanOrEqualTo(once);
    }

    /** Just then somebody looks at them. */
    @Test
    void whatWaitsIsMeasuredAlsoWhileKafkaIsAway() {
        Duration lease = Duration.ofSeconds(1);
        write(1);
        meters.clear(); // of the relays that do not run
        relay = relay(new RelayConnections(settings(lease)), lease, "127.0.0.1:1");
        relay.start();
        await().atMost(SOON)
                .until(() -> meters.get("tillstream_outbox_unsent").gauge().value() == 1);
    }

    /** More than one batch, at once. */
    @Test
    void whatIsOldIsCleanedUpHoweverMuchItIs() {
        database.execute("insert into inbox (event_id, type, applied_at)"
                + " select 'evt_' || n, 'old', now() - interval '41 days' from generate_series(1, 4500) n");
        database.execute("insert into inbox (event_id, type) values ('evt_new', 'new')");
        new OutboxMaintenance(connections, new OutboxSettings(Duration.ofDays(30)), meters).round();
        assertThat(database.texts("select event_id from inbox")).containsExactly("evt_new");
    }

    private void write(int number) {
        database.execute("insert into outbox (id, shard, topic, aggregate_id, type, payload) values"
                + " (gen_random_uuid(), %d, 'orders.events', 'agg', 'io.tillstream.order.paid.v1', '{}')"
                        .formatted(number % Outbox.SHARDS));
    }

    private void seesMarked(int count) {
        await().pollInterval(Duration.ofMillis(5)).atMost(SOON).until(() -> database.texts(
                        "select count(*) from outbox where sent_at is not null")
                .get(0)
                .equals(String.valueOf(count)));
    }

    /** Connections that write down what is asked. */
    private static final class Counted extends RelayConnections {
        private final Queue<String> asked = new ConcurrentLinkedQueue<>();

        Counted(DeliverySettings settings) {
            super(settings);
        }

        int count(String part) {
            return (int) asked.stream().filter(sql -> sql.contains(part)).count();
        }

        @Override
        Connection open() throws SQLException {
            return proxy(Connection.class, super.open(), "");
        }

        private <T> T proxy(Class<T> type, T real, String sql) {
            return type.cast(
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
                        if (method.getName().startsWith("execute")) {
                            asked.add(args == null ? sql : String.valueOf(args[0]));
                        }
                        try {
                            Object result = method.invoke(real, args);
                            if (result instanceof PreparedStatement statement) {
                                return proxy(PreparedStatement.class, statement, (String) args[0]);
                            }
                            return result instanceof Statement statement
                                    ? proxy(Statement.class, statement, "")
                                    : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }
}
