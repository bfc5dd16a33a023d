package io.tillstream.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Sends the outbox to Kafka, in order per aggregate, at least once.
 *
 * <p>One thread with one connection of its own, for the shards whose {@link ShardLeases leases} this process holds. Right
 * before each event is handed over it is looked whether the lease lasts until Kafka's answer: who wakes up late sends
 * nothing, and who lost a lease marks nothing. A round takes at most one event of each aggregate, so a send that fails
 * never lets a later event of the same aggregate overtake it.
 */
final class OutboxRelay implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);

    /** Of each shard; one round trip for at most 800 rows of a few KiB. */
    private static final int BATCH = 100;

    /** Nobody waits for it: what is due is told by {@link ShardLeases}, within an eighth of a lease at the latest. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(15);

    /** Far above the producer's limits, which fit into a lease, so that its answer is always seen. */
    private static final Duration ACKNOWLEDGED = Duration.ofSeconds(35);

    private static final long NO_ROUND = 0;

    private static final Duration AFTER_FAULT = Duration.ofSeconds(1);

    private final RelayConnections connections;
    private final KafkaTemplate<String, byte[]> kafka;
    private final DeliverySettings settings;
    private final OutboxMaintenance maintenance;
    private final ShardLeases leases;
    private final Semaphore hints = new Semaphore(0);
    private final AtomicLong roundBegan = new AtomicLong(NO_ROUND);
    private final AtomicBoolean committedHere = new AtomicBoolean();
    private volatile boolean running;
    private Thread thread = new Thread(() -> {});

    OutboxRelay(
            RelayConnections connections,
            KafkaTemplate<String, byte[]> kafka,
            DeliverySettings settings,
            OutboxMaintenance maintenance,
            Runnable onEventsDue) {
        this.connections = connections;
        this.kafka = kafka;
        this.settings = settings;
        this.maintenance = maintenance;
        this.leases = new ShardLeases(connections, settings.relayLease(), this::hint, onEventsDue, this::isStuck);
    }

    /** Events were committed by this process. */
    void committed() {
        committedHere.set(true);
        hint();
    }

    /** Something may be there to send. */
    private void hint() {
        if (hints.availablePermits() == 0) {
            hints.release();
        }
    }

    @Override
    public void start() {
        running = true;
        leases.start();
        maintenance.start();
        thread = new Thread(this::run, "outbox-relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        hint();
        try {
            thread.join(ACKNOWLEDGED.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        leases.stop();
        maintenance.stop();
    }

    /** One round takes longer than a lease: others may send what this one does not get done. */
    private boolean isStuck() {
        long began = roundBegan.get();
        return began != NO_ROUND
                && System.nanoTime() - began > settings.relayLease().toNanos();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** After the web server and the listeners have stopped: what they wrote last is sent too. */
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 1000;
    }

    private void run() {
        while (running) {
            try (Connection connection = connections.open()) {
                relay(connection);
            } catch (SQLException | ExecutionException | TimeoutException | RuntimeException e) {
                LOG.warn("Outbox waits: {}", e.toString());
                pause(AFTER_FAULT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void relay(Connection connection)
            throws SQLException, ExecutionException, TimeoutException, InterruptedException {
        do {
            if (committedHere.getAndSet(false) && !leases.holdsAll()) {
                RelayQueries.tellOthers(connection);
            }
            if (!send(connection) && running) {
                pause(LONGEST_REST);
            }
        } while (running);
        boolean more;
        do { // what was written while stopping
            more = send(connection);
        } while (more);
    }

    /** Whether more is there by now. */
    private boolean send(Connection connection)
            throws SQLException, ExecutionException, TimeoutException, InterruptedException {
        roundBegan.set(System.nanoTime() | 1); // never NO_ROUND
        try {
            return sendRound(connection);
        } finally {
            roundBegan.set(NO_ROUND);
        }
    }

    private boolean sendRound(Connection connection)
            throws SQLException, ExecutionException, TimeoutException, InterruptedException {
        Map<Integer, Long> tokens = leases.sendable();
        if (tokens.isEmpty()) {
            return false;
        }
        Map<String, OutboxRow> firstOfEach = new LinkedHashMap<>();
        List<OutboxRow> unsent = RelayQueries.unsent(connection, tokens.keySet(), BATCH);
        for (OutboxRow row : unsent) {
            firstOfEach.putIfAbsent(row.aggregateId(), row);
        }
        List<OutboxRow> rows = new ArrayList<>(firstOfEach.values());
        List<CompletableFuture<Boolean>> answers =
                rows.stream().map(row -> publish(row, tokens)).toList();
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .get(ACKNOWLEDGED.toMillis(), TimeUnit.MILLISECONDS);
        List<OutboxRow> acknowledged = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (answers.get(i).join()) {
                acknowledged.add(rows.get(i));
            }
        }
        List<Long> seqs = acknowledged.stream().map(OutboxRow::seq).toList();
        RelayQueries.markSent(connection, seqs, leases.holder(), tokens);
        maintenance.sent(acknowledged);
        if (acknowledged.size() < rows.size()) {
            throw new IllegalStateException(
                    rows.size() - acknowledged.size() + " events not sent or not acknowledged by Kafka");
        }
        return rows.size() < unsent.size() || unsent.size() >= BATCH;
    }

    private CompletableFuture<Boolean> publish(OutboxRow row, Map<Integer, Long> tokens) {
        if (!leases.covers(row.shard(), tokens)) {
            LOG.warn("Event {} {} is another's to send by now", row.id(), row.type());
            return CompletableFuture.completedFuture(false);
        }
        return kafka.send(row.toRecord(settings.group(), settings.topic(row.topic())))
                .thenApply(sent -> true)
                .exceptionally(fault -> {
                    LOG.warn("Event {} {} not sent: {}", row.id(), row.type(), fault.toString());
                    return false;
                });
    }

    private void pause(Duration longest) {
        try {
            hints.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
            hints.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
