package io.tillstream.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An index of a big table is made while requests write to it, and no release waits for an operator because that was cut off. */
@Timeout(120)
class ConcurrentIndexIT {

    private static final String INDEX = """
            drop index concurrently if exists made_once;
            create unique index concurrently made_once on made (n);
            """;

    private final TestPostgres.Database database = TestPostgres.newDatabase();

    @TempDir
    Path migrations;

    private Flyway flyway() {
        FluentConfiguration settings = Flyway.configure()
                .dataSource("jdbc:" + database.url(), database.user(), database.password())
                .initSql("set application_name = '" + MigrationLock.SESSIONS + "'; set lock_timeout = '1s'")
                .locations("filesystem:" + migrations)
                .outOfOrder(true)
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false")); // as of all services
        new MigrationAutoConfiguration().releasesBesideOneAnother().customize(settings);
        return settings.load();
    }

    private void migrate() {
        new MigrationAutoConfiguration().oneAtATime().migrate(flyway());
    }

    private void migration(String name, String sql) throws IOException {
        Files.writeString(migrations.resolve(name), sql);
    }

    private boolean isValid() throws SQLException {
        try (Connection session = database.connect();
                Statement statement = session.createStatement();
                ResultSet answer = statement.executeQuery(
                        "select indisvalid from pg_index where indexrelid = 'made_once'::regclass")) {
            return answer.next() && answer.getBoolean(1);
        }
    }

    private void run(String sql) throws SQLException {
        try (Connection session = database.connect();
                Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void itIsMadeWithoutAnybodyWaiting() throws Exception {
        migration("V1__made.sql", "create table made (n int)");
        migration("V2__index.sql", INDEX);
        migrate();
        assertThat(isValid()).isTrue();
    }

    /** Whoever reads for long, as a dump does, keeps it waiting longer than one waits for a lock. */
    @Test
    void oneThatFailedIsMadeWithTheNextStart() throws Exception {
        migration("V1__made.sql", "create table made (n int)");
        migrate();
        migration("V2__index.sql", INDEX);
        try (Connection dump = database.connect();
                Statement statement = dump.createStatement()) {
            dump.setAutoCommit(false);
            statement.execute("lock table made in row exclusive mode");
            assertThatThrownBy(this::migrate).hasMessageContaining("lock timeout");
            assertThatThrownBy(this::migrate).as("still waited for").hasMessageContaining("lock timeout");
            dump.rollback();
        }
        assertThat(isValid()).isFalse();
        migrate();
        assertThat(isValid()).isTrue();
    }

    @Test
    void oneWhoseRowsStandInItsWayIsMadeWhenTheyAreGone() throws Exception {
        migration("V1__made.sql", "create table made (n int); insert into made values (1), (1)");
        migration("V2__index.sql", INDEX);
        assertThatThrownBy(this::migrate).hasMessageContaining("made_once");
        run("delete from made");
        migrate();
        assertThat(isValid()).isTrue();
    }

    /** Else one that is restarted in the middle of a roll-out stays down, and nobody can go back to it. */
    @Test
    void theReleaseBeforeStartsOnWhatTheNewerOneMade() throws Exception {
        migration("V1__made.sql", "create table made (n int)");
        migration("V300__of_the_service.sql", "create table served (n int)");
        migrate();
        migration("V53__of_a_library.sql", INDEX);
        migration("V301__of_the_service.sql", "create table served_too (n int)");
        migrate();

        Files.delete(migrations.resolve("V53__of_a_library.sql"));
        Files.delete(migrations.resolve("V301__of_the_service.sql"));
        migrate();
    }
}
