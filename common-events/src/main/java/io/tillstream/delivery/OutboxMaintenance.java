package io.tillstream.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How much waits in the outbox; and the clean-up of what was sent, or applied, long ago. */
final class OutboxMaintenance {

    /** Often enough for an alert, seldom enough to cost nothing. */
    private static final Duration EVERY = Duration.ofSeconds(15);

    /** Sent events can be looked up for a week; the inbox outlives the 30 days for which Kafka can repeat an event. */
    private static final String CLEAN_UP = """
            delete from outbox where seq in
                (select seq from outbox where sent_at < now() - interval '7 days' order by sent_at limit 1000);
            delete from inbox where event_id in
                (select event_id from inbox where applied_at < now() - interval '40 days' order by applied_at limit 1000);
            """;

    private final AtomicLong unsent;
    private final AtomicLong oldestSeconds;
    private long nextNanos = System.nanoTime();

    OutboxMaintenance(MeterRegistry meters) {
        this.unsent = meters.gauge("tillstream_outbox_unsent", new AtomicLong());
        this.oldestSeconds = meters.gauge("tillstream_outbox_oldest_seconds", new AtomicLong());
    }

    void measure(Connection connection) throws SQLException {
        if (System.nanoTime() - nextNanos < 0) {
            return;
        }
        nextNanos = System.nanoTime() + EVERY.toNanos();
        try (var statement = connection.createStatement()) {
            try (var row = statement.executeQuery(
                    "select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::bigint from outbox where sent_at is null")) {
                row.next();
                unsent.set(row.getLong(1));
                oldestSeconds.set(row.getLong(2));
            }
            statement.execute(CLEAN_UP);
        }
    }
}
