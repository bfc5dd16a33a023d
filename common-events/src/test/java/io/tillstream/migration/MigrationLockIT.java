package io.tillstream.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without it a release waits for a process that will never go on, and a slow one is made by two at once. */
class MigrationLockIT {

    private static final Duration LEASE = Duration.ofSeconds(8);

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final String NAMED = "set application_name = '" + MigrationLock.SESSIONS + "'";

    private static final long GATE = 77; // of the test: who migrates waits for it

    private final TestPostgres.Database database = TestPostgres.newDatabase();
    private final List<Process> processes = new ArrayList<>();
    private Connection gate;

    @TempDir
    Path migrations;

    @BeforeEach
    void aMigrationThatWaits() throws SQLException, IOException {
        Files.writeString(
                migrations.resolve("V1__made.sql"),
                "create table made (n int); select pg_advisory_xact_lock(" + GATE + "); insert into made values (1);");
        gate = database.connect();
        run(gate, "select pg_advisory_lock(" + GATE + ")");
    }

    @AfterEach
    void end() throws SQLException {
        processes.forEach(Process::destroyForcibly);
        gate.close();
    }

    @Test
    void aProcessThatWasStoppedInAMigrationKeepsTheNextReleaseWaitingForOneLease() throws Exception {
        Process stopped = process();
        long former = whoWaitsAtTheGate(0);
        signal("STOP", stopped);

        CompletableFuture<Void> next = CompletableFuture.runAsync(() -> migrate(PATIENCE));
        assertThat(whoWaitsAtTheGate(former)).isNotEqualTo(former);
        run(gate, "select pg_advisory_unlock(" + GATE + ")");

        next.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(made()).isEqualTo(1);
        signal("CONT", stopped);
        assertThat(stopped.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(stopped.exitValue()).as("what it had begun was rolled back").isNotZero();
        assertThat(made()).isEqualTo(1);
    }

    @Test
    void oneThatLivesKeepsItsTurnHoweverLongItTakes() throws Exception {
        CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> migrate(PATIENCE));
        long atTheGate = whoWaitsAtTheGate(0);
        CompletableFuture<Void> next = CompletableFuture.runAsync(() -> migrate(PATIENCE));

        await().atMost(PATIENCE).until(() -> ageOfTheLock() > LEASE.toSeconds() * 1.5);
        assertThatThrownBy(() -> migrate(Duration.ZERO)).hasMessageContaining("Another process has migrated");
        assertThat(whoWaitsAtTheGate(0)).isEqualTo(atTheGate);
        run(gate, "select pg_advisory_unlock(" + GATE + ")");

        slow.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        next.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(made()).isEqualTo(1);
    }

    /** Of every service: its settings give Flyway's sessions the name by which they are ended. */
    @Test
    void theSettingsOfAllServicesNameTheSessions() throws IOException {
        try (var settings = getClass().getResourceAsStream("/tillstream-web.yml")) {
            assertThat(new String(settings.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("- " + NAMED + ";");
        }
    }

    /** Started by the test; its arguments are the database and the folder of the migrations. */
    public static void main(String[] arguments) {
        migrate(new TestPostgres.Database(arguments[0], arguments[1], arguments[2]), Path.of(arguments[3]), PATIENCE);
    }

    private void migrate(Duration patience) {
        migrate(database, migrations, patience);
    }

    private static void migrate(TestPostgres.Database database, Path migrations, Duration patience) {
        Flyway flyway = Flyway.configure()
                .dataSource("jdbc:" + database.url(), database.user(), database.password())
                .initSql(NAMED + "; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0")
                .locations("filesystem:" + migrations)
                .load();
        new MigrationLock(flyway.getConfiguration().getDataSource(), LEASE, patience).during(flyway::migrate);
    }

    private Process process() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MigrationLockIT.class.getName(),
                        database.url(),
                        database.user(),
                        database.password(),
                        migrations.toString())
                .inheritIO()
                .start();
        processes.add(process);
        return process;
    }

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    /** The session of the migration, once it is another's than the one that was there. */
    private long whoWaitsAtTheGate(long butNot) {
        AtomicLong session = new AtomicLong();
        await().atMost(PATIENCE).until(() -> {
            session.set(number("select coalesce(max(pid), 0) from pg_locks where locktype = 'advisory' and not granted"
                    + " and objid = " + GATE + " and pid <> " + butNot));
            return session.get() != 0;
        });
        return session.get();
    }

    /** Seconds since the session began that holds it. */
    private long ageOfTheLock() {
        return number("select coalesce(max(extract(epoch from clock_timestamp() - backend_start)), 0)::bigint"
                + " from pg_locks join pg_stat_activity using (pid)"
                + " where locktype = 'advisory' and granted and objid = " + MigrationLock.KEY % (1L << 32));
    }

    private long made() {
        return number("select count(*) from made");
    }

    private long number(String sql) {
        try (Connection own = database.connect();
                Statement statement = own.createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            answer.next();
            return answer.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
