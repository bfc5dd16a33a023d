package io.tillstream.migration;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one process of a database migrate, for as long as it lives: a session holds an advisory lock, and gives a sign of
 * life every five seconds. Of a process that is stopped in its tracks none comes, and PostgreSQL ends the session after
 * fifteen ({@code idle_session_timeout}). The next one to start has the lock then, ends what the former left open, by which
 * PostgreSQL rolls it back, and migrates. Flyway's own lock alone cannot tell a process that was stopped from one whose
 * statement takes long.
 */
final class MigrationLock {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationLock.class);

    /** What Flyway calls its sessions, by {@code spring.flyway.init-sqls}: none else may have the name. */
    static final String SESSIONS = "tillstream migration";

    static final long KEY = 0x74696c6c6d696772L; // "tillmigr"

    private static final Duration LEASE = Duration.ofSeconds(15);

    private static final int BEATS = 3; // in one lease: two may come late

    /** As long as Flyway waits for its own lock: a migration of a big table goes on meanwhile, and this start is tried again. */
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    private static final long TO_END = Duration.ofSeconds(10).toMillis(); // a session that is told to

    private final DataSource database;
    private final Duration lease;
    private final Duration patience;

    MigrationLock(DataSource database) {
        this(database, LEASE, PATIENCE);
    }

    MigrationLock(DataSource database, Duration lease, Duration patience) {
        this.database = database;
        this.lease = lease;
        this.patience = patience;
    }

    /** @throws IllegalStateException if another, that lives, migrates for longer than one waits */
    void during(Runnable migration) {
        try (Connection session = database.getConnection()) {
            await(session);
            endWhatIsLeft(session);
            ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(MigrationLock::thread);
            try {
                long every = lease.toMillis() / BEATS;
                var beating = heart.scheduleWithFixedDelay(() -> beat(session), every, every, TimeUnit.MILLISECONDS);
                migration.run();
                beating.cancel(false);
            } finally {
                heart.shutdownNow();
            }
        } catch (SQLException cause) {
            throw new IllegalStateException("No lock for the migrations: " + cause.getMessage(), cause);
        }
    }

    private void await(Connection session) throws SQLException {
        long end = System.nanoTime() + patience.toNanos();
        try (Statement statement = session.createStatement()) {
            statement.execute("set idle_session_timeout = " + lease.toMillis());
            while (!isTrue(statement, "select pg_try_advisory_lock(" + KEY + ")")) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("Another process has migrated for more than " + patience);
                }
                pause();
            }
        }
    }

    /** The lock is ours: whoever has such a session now lost it, and is stopped or was. */
    private static void endWhatIsLeft(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet left = statement.executeQuery("select pid, pg_terminate_backend(pid, " + TO_END
                        + ") as ended from pg_stat_activity where datname = current_database() and application_name = '"
                        + SESSIONS + "'")) {
            while (left.next()) {
                LOG.warn(
                        "Session {} of a process that stopped in a migration: ended {}",
                        left.getInt(1),
                        left.getBoolean(2));
            }
        }
    }

    private static boolean isTrue(Statement statement, String sql) throws SQLException {
        try (ResultSet answer = statement.executeQuery(sql)) {
            return answer.next() && answer.getBoolean(1);
        }
    }

    /** Whoever has lost the lock is told by Flyway: its sessions are ended by the next. */
    private static void beat(Connection session) {
        try (Statement statement = session.createStatement()) {
            statement.execute("select 1");
        } catch (SQLException cause) {
            LOG.warn("The lock of the migrations is lost: {}", cause.getMessage());
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while another process migrates", e);
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "migration-lock");
        thread.setDaemon(true);
        return thread;
    }
}
