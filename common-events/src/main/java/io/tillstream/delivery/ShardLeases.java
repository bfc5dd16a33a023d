package io.tillstream.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which shards of the outbox this process may send, and until when. A thread of its own renews the leases and takes over
 * those that ran out; if it freezes with its process, they run out, and by this process's own clocks it knows that when
 * it wakes up. No session lock: that would end only with its connection.
 */
final class ShardLeases {

    private static final Logger LOG = LoggerFactory.getLogger(ShardLeases.class);

    /** Renews what is ours, takes what ran out, and tells what is due: one look for all, as it is made all the time. */
    private static final String RENEW = """
        with renewed as (
            update outbox_leases
            set token = case when holder = ?::uuid then token else token + 1 end, holder = ?::uuid,
                lease_until = now() + make_interval(secs => ?)
            where lease_until < now() or holder = ?::uuid
            returning shard, token)
        select shard, token,
            exists (select 1 from outbox where outbox.shard = renewed.shard and sent_at is null) as unsent,
            exists (select 1 from parked_events where next_try_at <= now())
                or exists (select 1 from set_aside_records where next_try_at <= now()) as events_due
        from renewed
        """;

    private static final String RELEASE =
            "update outbox_leases set lease_until = '-infinity', holder = null where holder = ?::uuid";

    /** How long a stop may have to wait for the thread that listens. */
    private static final Duration SLICE = Duration.ofMillis(500);

    /** Tokens by shard, and how long they are surely ours; both clocks, as one of them stops with some kinds of sleep. */
    private record Held(Map<Integer, Long> tokens, long untilNanos, Instant until) {
        boolean lasts(Duration more) {
            return System.nanoTime() + more.toNanos() - untilNanos < 0
                    && Instant.now().plus(more).isBefore(until);
        }
    }

    private final RelayConnections connections;
    private final Duration lasts;
    private final Runnable onUnsent;
    private final Runnable onEventsDue;
    private final BooleanSupplier isSenderStuck;
    private final UUID holder = UUID.randomUUID();
    private volatile Held held = new Held(Map.of(), System.nanoTime(), Instant.MIN);
    private volatile boolean running;
    private Thread thread = new Thread(() -> {});

    /**
     * Leases for one process.
     *
     * @param onUnsent is run when something waits in the outbox, here or told by another instance
     * @param onEventsDue is run when an event that was parked or stepped aside is due
     * @param isSenderStuck while it is, no lease is renewed: they run out, and another instance sends
     */
    ShardLeases(
            RelayConnections connections,
            Duration lasts,
            Runnable onUnsent,
            Runnable onEventsDue,
            BooleanSupplier isSenderStuck) {
        this.connections = connections;
        this.lasts = lasts;
        this.onUnsent = onUnsent;
        this.onEventsDue = onEventsDue;
        this.isSenderStuck = isSenderStuck;
    }

    UUID holder() {
        return holder;
    }

    void start() {
        running = true;
        thread = new Thread(this::renewEver, "outbox-leases");
        thread.setDaemon(true);
        thread.start();
    }

    /** Others may send at once. */
    void stop() {
        running = false;
        thread.interrupt();
        try {
            thread.join(2 * SLICE.toMillis()); // or what is given back here would be renewed there
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        held = new Held(Map.of(), System.nanoTime(), Instant.MIN);
        try (Connection connection = connections.open();
                var statement = connection.prepareStatement(RELEASE)) {
            statement.setString(1, holder.toString());
            statement.executeUpdate();
        } catch (SQLException e) {
            LOG.warn("Leases of the outbox run out by themselves: {}", e.toString());
        }
    }

    /** The shards that may be sent now, with their tokens; none if what is sent now could arrive too late. */
    Map<Integer, Long> sendable() {
        Held now = held;
        return now.lasts(sendingTakes(lasts)) ? now.tokens() : Map.of();
    }

    boolean holdsAll() {
        return sendable().size() == Outbox.SHARDS;
    }

    /** Whether all that is handed to Kafka now arrives, or fails, while the shard is still ours. */
    boolean covers(int shard, Map<Integer, Long> tokens) {
        Long token = tokens.get(shard);
        return token != null && token.equals(sendable().get(shard));
    }

    /** The producer's limits fit into it. */
    static Duration sendingTakes(Duration lease) {
        return lease.multipliedBy(3).dividedBy(4);
    }

    private void renewEver() {
        while (running) {
            try (Connection connection = connections.open()) {
                listen(connection);
                while (running) {
                    if (!isSenderStuck.getAsBoolean()) {
                        renew(connection);
                    }
                    waitForOthers(connection, lasts.dividedBy(8)); // one may be missed before sending stops
                }
            } catch (SQLException | RuntimeException e) {
                LOG.warn("Leases of the outbox are not renewed: {}", e.toString());
                pause();
            }
        }
    }

    private static void listen(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("listen " + RelayQueries.CHANNEL);
        }
    }

    /** Waits at this end alone: PostgreSQL is asked nothing meanwhile. */
    private void waitForOthers(Connection connection, Duration longest) throws SQLException {
        PGConnection server = connection.unwrap(PGConnection.class);
        long end = System.nanoTime() + longest.toNanos();
        for (long left = longest.toMillis(); running && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            PGNotification[] told = server.getNotifications((int) Math.min(left, SLICE.toMillis()));
            if (told != null && told.length > 0) {
                onUnsent.run();
            }
        }
    }

    private void renew(Connection connection) throws SQLException {
        long begunNanos = System.nanoTime();
        Instant begun = Instant.now();
        Map<Integer, Long> tokens = new TreeMap<>();
        boolean unsent = false;
        boolean eventsDue = false;
        try (var statement = connection.prepareStatement(RENEW)) {
            statement.setString(1, holder.toString());
            statement.setString(2, holder.toString());
            statement.setDouble(3, lasts.toMillis() / 1000.0);
            statement.setString(4, holder.toString());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    tokens.put(rows.getInt("shard"), rows.getLong("token"));
                    unsent |= rows.getBoolean("unsent");
                    eventsDue |= rows.getBoolean("events_due");
                }
            }
        }
        Held before = held;
        held = new Held(Map.copyOf(tokens), begunNanos + lasts.toNanos(), begun.plus(lasts));
        if (!tokens.equals(before.tokens())) {
            LOG.info("Shards of the outbox sent from here: {}", tokens.keySet());
        }
        if (unsent) {
            onUnsent.run();
        }
        if (eventsDue) {
            onEventsDue.run();
        }
    }

    private void pause() {
        try {
            Thread.sleep(lasts.dividedBy(8).toMillis());
        } catch (InterruptedException e) {
            running = false; // stopping
        }
    }
}
