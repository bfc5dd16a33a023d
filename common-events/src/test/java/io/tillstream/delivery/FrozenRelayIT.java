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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An instance that is frozen with the outbox in its hands: nobody's events wait for it, and it cannot disturb later. */
class FrozenRelayIT {

    /** Of the one that freezes: its end is waited for. */
    private static final Duration LEASE = Duration.ofSeconds(3);

    /** Of the other: it lives, and may renew late on a busy machine. */
    private static final Duration LONG = Duration.ofSeconds(15);

    /** Of the producers: an answer that comes late on a busy machine is no fault, after which all is sent again. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration SOON = Duration.ofSeconds(60);

    private final TestPostgres.Database database = TestPostgres.newDatabase();
    private final String prefix = TestKafka.newPrefix();
    private final DeliverySettings settings = settings(database, prefix);
    private final Freezable connections = new Freezable(settings);
    private final OutboxRelay frozen = relay(connections, settings);
    private final OutboxRelay other = relay(new RelayConnections(settings), settings(database, prefix, LONG));
    private final String aggregate = "agg-" + UUID.randomUUID();

    /** Connections that stop where a frozen process stops: with rows read and nothing sent, and no lease renewed. */
    private static final class Freezable extends RelayConnections {
        private final CountDownLatch thaw = new CountDownLatch(1);
        private final CountDownLatch rowsInHand = new CountDownLatch(1);
        private volatile boolean isFrozen;
        private volatile boolean isStuck; // its leases are still renewed

        Freezable(DeliverySettings settings) {
            super(settings);
        }

        @Override
        Connection open() throws SQLException {
            return proxy(Connection.class, super.open(), "");
        }

        private <T> T proxy(Class<T> type, T real, String sql) {
            return type.cast(
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
                        try {
                            boolean renewal = sql.contains("lease_until");
                            if (isFrozen && method.getName().equals("executeQuery") && renewal) {
                                thaw.await();
                            }
                            Object result = method.invoke(real, args);
                            if (method.getName().equals("prepareStatement")) {
                                return proxy(PreparedStatement.class, (PreparedStatement) result, (String) args[0]);
                            }
                            if ((isFrozen || isStuck)
                                    && method.getName().equals("executeQuery")
                                    && sql.contains("lateral")) {
                                rowsInHand.countDown();
                                thaw.await();
                            }
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }

    static DeliverySettings settings(TestPostgres.Database database, String prefix) {
        return settings(database, prefix, LEASE);
    }

    private static DeliverySettings settings(TestPostgres.Database database, String prefix, Duration lease) {
        return new DeliverySettings(
                "relayed",
                prefix,
                false,
                "",
                3,
                (short) 1,
                1,
                2,
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(15),
                3,
                Duration.ofSeconds(1),
                lease,
                database.url(),
                database.user(),
                database.password());
    }

    private OutboxRelay relay(RelayConnections connections, DeliverySettings settings) {
        Map<String, Object> producer = new HashMap<>(Map.of("bootstrap.servers", TestKafka.bootstrapServers()));
        return new OutboxRelay(
                connections,
                DeliveryAutoConfiguration.relayTemplate(producer, PATIENCE),
                settings,
                new OutboxMaintenance(connections, new OutboxSettings(Duration.ofDays(30)), new SimpleMeterRegistry()),
                () -> {});
    }

    @BeforeEach
    void tables() {
        TestKafka.createTopics(3, prefix + "orders.events");
        Flyway.configure()
                .dataSource("jdbc:" + database.url(), database.user(), database.password())
                .locations("classpath:db/delivery")
                .load()
                .migrate();
    }

    @AfterEach
    void end() {
        connections.thaw.countDown();
        frozen.stop();
        other.stop();
    }

    private void write(int number) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.prepareStatement("""
                    insert into outbox (id, shard, topic, aggregate_id, type, payload)
                    values (gen_random_uuid(), 3, 'orders.events', ?, 'io.tillstream.order.paid.v1', ?)
                    """)) {
            statement.setString(1, aggregate);
            statement.setString(2, "{\"number\":" + number + "}");
            statement.executeUpdate();
        }
    }

    private List<String> sent() {
        return TestKafka.records(prefix + "orders.events").stream()
                .filter(record -> aggregate.equals(record.key()))
                .map(record -> new String(record.value(), java.nio.charset.StandardCharsets.UTF_8))
                .toList();
    }

    private boolean leasesEnd(String until) {
        return database.texts(
                        "select bool_and(lease_until <= " + until + ") from outbox_leases where holder is not null")
                .equals(List.of("t"));
    }

    private void seesSent(int count) {
        await().atMost(SOON).until(() -> sent().size() >= count);
    }

    @Test
    void othersSendWithinALeaseWhatAFrozenHolderHoldsAndWhenItWakesItSendsAndMarksNothing() throws Exception {
        frozen.start();
        write(1);
        seesSent(1);

        connections.isFrozen = true;
        write(2);
        frozen.committed();
        assertThat(connections.rowsInHand.await(SOON.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(leasesEnd("now() + interval '" + LEASE.toMillis() + " milliseconds'"))
                .as("nobody waits longer for the frozen one")
                .isTrue();
        await().atMost(SOON).until(() -> leasesEnd("now()"));
        other.start();
        seesSent(2);
        write(3);
        seesSent(3);

        connections.isFrozen = false;
        connections.thaw.countDown();
        write(4);
        seesSent(4);
        await().during(LEASE).atMost(SOON).until(() -> sent().size() == 4);
        assertThat(sent()).containsExactly("{\"number\":1}", "{\"number\":2}", "{\"number\":3}", "{\"number\":4}");
        try (var connection = database.connect();
                var rows = connection
                        .createStatement()
                        .executeQuery("select count(*) from outbox where sent_at is null")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
        }
    }

    /** Its process lives, and would keep the leases for ever. */
    @Test
    void othersSendWhatARelayThatHangsInARoundHolds() throws Exception {
        frozen.start();
        write(1);
        seesSent(1);
        connections.isStuck = true;
        write(2);
        frozen.committed();
        assertThat(connections.rowsInHand.await(SOON.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        await().atMost(SOON).until(() -> leasesEnd("now()"));
        other.start();
        seesSent(2);
        connections.isStuck = false;
        connections.thaw.countDown();
        write(3);
        seesSent(3);
        assertThat(sent()).containsExactly("{\"number\":1}", "{\"number\":2}", "{\"number\":3}");
    }

    @Test
    void whoStopsGivesItsShardsBackAtOnce() throws SQLException {
        frozen.start();
        write(1);
        seesSent(1);
        frozen.stop();
        other.start();
        write(2);
        seesSent(2);
        assertThat(sent()).hasSize(2);
    }
}
