package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tillstream.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long what was told can be told again. */
class OutboxMaintenanceIT {

    private static final Duration KEPT = Duration.ofDays(30);

    private final TestPostgres.Database database = TestPostgres.newDatabase();
    private final RelayConnections connections = new RelayConnections(FrozenRelayIT.settings(database, ""));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final OutboxMaintenance maintenance = new OutboxMaintenance(connections, new OutboxSettings(KEPT), meters);

    @BeforeEach
    void tables() throws SQLException {
        Flyway.configure()
                .dataSource("jdbc:" + database.url(), database.user(), database.password())
                .locations("classpath:db/delivery")
                .load()
                .migrate();
        run("""
            insert into outbox (id, shard, topic, aggregate_id, type, payload, sent_at) values
                (gen_random_uuid(), 0, 'orders.events', 'kept', 'a', '{}', now() - interval '29 days'),
                (gen_random_uuid(), 0, 'orders.events', 'old', 'a', '{}', now() - interval '31 days'),
                (gen_random_uuid(), 0, 'orders.events', 'unsent', 'a', '{}', null)
            """);
    }

    @Test
    void whatWasSentLongAgoIsForgottenAndNothingElse() throws SQLException {
        maintenance.round();

        assertThat(aggregates()).containsExactly("kept", "unsent");
    }

    @Test
    void nothingIsForgottenWhileAReplayIsUnderWay() throws SQLException {
        run("""
            insert into event_replays (id, consumer, status, events, position, last)
            values (gen_random_uuid(), 'somebody', 'running', 3, 0, 3)
            """);
        maintenance.round();
        assertThat(aggregates()).containsExactly("kept", "old", "unsent");

        run("update event_replays set status = 'done'");
        maintenance.round();
        assertThat(aggregates()).containsExactly("kept", "unsent");
    }

    @Test
    void whatWasReplayedLongAgoIsForgottenUnlessItStillRuns() throws SQLException {
        run("""
            insert into event_replays (id, consumer, status, events, position, last, created_at) values
                (gen_random_uuid(), 'done', 'done', 3, 3, 3, now() - interval '91 days'),
                (gen_random_uuid(), 'failed', 'failed', 3, 0, 3, now() - interval '91 days'),
                (gen_random_uuid(), 'running', 'running', 3, 0, 3, now() - interval '91 days'),
                (gen_random_uuid(), 'younger', 'done', 3, 3, 3, now() - interval '89 days')
            """);

        maintenance.round();

        assertThat(texts("select consumer from event_replays order by consumer"))
                .containsExactly("running", "younger");
    }

    private double shown(String gauge) {
        return meters.get("tillstream_outbox_" + gauge).gauge().value();
    }

    @Test
    void whatIsNotSentIsShownWithItsAgeUntilItIs() throws SQLException {
        run("update outbox set created_at = now() - interval '2 hours' where aggregate_id = 'unsent'");
        maintenance.round();
        assertThat(shown("unsent")).isEqualTo(1);
        assertThat(shown("oldest_seconds")).isGreaterThanOrEqualTo(7_200);

        run("update outbox set sent_at = now() where aggregate_id = 'unsent'");
        maintenance.round();
        assertThat(shown("unsent")).isZero();
        assertThat(shown("oldest_seconds")).isZero();
    }

    private List<String> aggregates() throws SQLException {
        return texts("select aggregate_id from outbox order by aggregate_id");
    }

    private List<String> texts(String sql) throws SQLException {
        try (Connection connection = database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
