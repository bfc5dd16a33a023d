package io.tillstream.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * One real PostgreSQL server per test JVM: a container where a Docker engine answers, else the embedded binaries.
 * Each {@link #newDatabase()} is empty and the caller's alone.
 */
public final class TestPostgres {

    /** The role's own limits, as production has them: a forgotten transaction is ended, a stuck statement fails. */
    private static final String ROLE = """
            create role tillstream login createdb password 'tillstream';
            alter role tillstream set idle_in_transaction_session_timeout = '5s';
            alter role tillstream set statement_timeout = '5s';
            alter role tillstream set lock_timeout = '2s';
            """;

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String hostAndPort;
    private final String adminUser;
    private final String adminPassword;

    private TestPostgres(String hostAndPort, String adminUser, String adminPassword) {
        this.hostAndPort = hostAndPort;
        this.adminUser = adminUser;
        this.adminPassword = adminPassword;
    }

    /** A database of its own: {@code url} is {@code postgresql://host:port/name}, to be prefixed by jdbc: or r2dbc:. */
    public record Database(String url, String user, String password) {
        /** The settings a service reads. */
        public String[] settings() {
            return new String[] {"DB_URL=" + url, "DB_USER=" + user, "DB_PASSWORD=" + password};
        }

        public Connection connect() throws SQLException {
            return DriverManager.getConnection("jdbc:" + url, user, password);
        }
    }

    public static Database newDatabase() {
        return Server.RUNNING.createDatabase("test_" + COUNT.incrementAndGet());
    }

    private Database createDatabase(String name) {
        try (Connection admin = admin();
                var statement = admin.createStatement()) {
            statement.execute("create database " + name + " owner tillstream");
        } catch (SQLException e) {
            throw new IllegalStateException("No database " + name, e);
        }
        return new Database("postgresql://" + hostAndPort + "/" + name, "tillstream", "tillstream");
    }

    private Connection admin() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + hostAndPort + "/postgres", adminUser, adminPassword);
    }

    private TestPostgres withRole() {
        try (Connection admin = admin();
                var statement = admin.createStatement()) {
            statement.execute(ROLE);
        } catch (SQLException e) {
            throw new IllegalStateException("No role for the tests", e);
        }
        return this;
    }

    private static TestPostgres embedded() {
        try {
            @SuppressWarnings("resource") // lives as long as the JVM; the binaries end with it
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("fsync", "off")
                    .start();
            return new TestPostgres("127.0.0.1:" + server.getPort(), "postgres", "postgres").withRole();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestPostgres container() {
        @SuppressWarnings("resource") // Testcontainers removes it when the JVM ends
        PostgreSQLContainer server = new PostgreSQLContainer("postgres:18").withDatabaseName("postgres");
        server.start();
        return new TestPostgres(
                        server.getHost() + ":" + server.getFirstMappedPort(),
                        server.getUsername(),
                        server.getPassword())
                .withRole();
    }

    private static final class Server {
        static final TestPostgres RUNNING =
                DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
    }
}
