package io.tillstream.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * How much waits in the outbox and what left it; and the clean-up of what was sent, or applied, long ago. By a clock of its own:
 * while Kafka is away, and while there is no end of work, the relay has no time for it.
 */
final class OutboxMaintenance {

    private static final Logger LOG = LoggerFactory.getLogger(OutboxMaintenance.class);

    /** Often enough for an alert, seldom enough to cost nothing. */
    private static final Duration EVERY = Duration.ofSeconds(15);

    /** What was sent is kept for replays, and while one is under way all of it: that ends within a day. */
    private static final String SENT = """
            delete from outbox where seq in (select seq from outbox
                where sent_at < now() - make_interval(secs => %d)
                  and not exists (select 1 from event_replays where status = 'running')
                order by sent_at limit 1000)
            """;

    /** The inbox outlives the 30 days for which Kafka can repeat an event. */
    private static final String APPLIED = "delete from inbox where event_id in (select event_id from inbox"
            + " where applied_at < now() - interval '40 days' order by applied_at limit 1000)";

    private static final String REPLAYED = "delete from event_replays where id in (select id from event_replays"
            + " where status <> 'running' and created_at < now() - interval '90 days' order by created_at limit 1000)";

    private static final int BATCH = 1_000; // rows of one short transaction, as in the statements

    /** A round's most: 3,300 rows a second of each table, far above what comes in, and an end for each round. */
    private static final int BATCHES = 50;

    private final RelayConnections connections;
    private final AtomicLong unsent;
    private final AtomicLong oldestSeconds;
    private final PublishedEventCounters published;
    private final String forgetSent;
    private Disposable rounds = Disposables.disposed();

    OutboxMaintenance(RelayConnections connections, OutboxSettings settings, MeterRegistry meters) {
        this.connections = connections;
        this.forgetSent = SENT.formatted(settings.kept().toSeconds());
        this.unsent = meters.gauge("tillstream_outbox_unsent", new AtomicLong());
        this.oldestSeconds = meters.gauge("tillstream_outbox_oldest_seconds", new AtomicLong());
        this.published = new PublishedEventCounters(meters);
    }

    /** These are on Kafka, and marked as sent. */
    void sent(List<OutboxRow> rows) {
        rows.forEach(published::count);
    }

    void start() {
        rounds = Flux.interval(Duration.ZERO, EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> Mono.fromRunnable(this::round).subscribeOn(Schedulers.boundedElastic()), 1)
                .subscribe();
    }

    void stop() {
        rounds.dispose();
    }

    void round() {
        try (Connection connection = connections.open()) {
            measure(connection);
            cleanUp(connection, forgetSent);
            cleanUp(connection, APPLIED);
            cleanUp(connection, REPLAYED);
        } catch (SQLException | RuntimeException e) {
            LOG.warn("The outbox is neither measured nor cleaned up: {}", e.toString());
        }
    }

    private void measure(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::bigint from outbox where sent_at is null")) {
            row.next();
            unsent.set(row.getLong(1));
            oldestSeconds.set(row.getLong(2));
        }
    }

    /** As long as there is a full batch, but not for ever. */
    private static void cleanUp(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            int batches = 0;
            while (statement.executeUpdate(sql) == BATCH && batches < BATCHES) {
                batches++;
            }
        }
    }
}
