package io.tillstream.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * One real PostgreSQL server for the whole run, or for this JVM where nobody shares one: a container where a Docker
 * engine has the image, else the embedded binaries.
 * Each {@link #newDatabase()} is empty and the caller's alone.
 */
public final class TestPostgres {

    /**
     * The role's own limits: a forgotten transaction is ended, after those that look for one; a stuck statement fails. They
     * are above production's, which are tested where they are set: on a machine with ten runnables a processor, twenty that
     * wait for one row wait longer than a shop's would, and so does a transaction for the thread that goes on with it.
     */
    private static final String ROLE = """
            create role tillstream login createdb password 'tillstream';
            alter role tillstream set idle_in_transaction_session_timeout = '2min';
            alter role tillstream set statement_timeout = '30s';
            alter role tillstream set lock_timeout = '20s';
            """;

    private static final String IMAGE = "postgres:18";

    /** Three modules at once with two services each, 25 connections a service, and the tests' own. */
    private static final String CONNECTIONS = "300";

    private static final Duration STARTUP = Duration.ofMinutes(5);

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

        /**
         * For the test's own hand, which the limits of a service do not bind: a lock is held until the test has seen
         * who waits for it, and on a busy machine that may take longer than a service may rest in a transaction.
         */
        public Connection connect() throws SQLException {
            Properties properties = new Properties();
            properties.setProperty("user", user);
            properties.setProperty("password", password);
            properties.setProperty(
                    "options", "-c idle_in_transaction_session_timeout=0 -c statement_timeout=60s -c lock_timeout=60s");
            return DriverManager.getConnection("jdbc:" + url, properties);
        }

        /** First column of each row, as text. */
        public List<String> texts(String sql) {
            Connection connection = DatabaseConnectionCache.of(this);
            synchronized (connection) {
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery(sql)) {
                    List<String> found = new ArrayList<>();
                    while (rows.next()) {
                        found.add(rows.getString(1));
                    }
                    return found;
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        public void execute(String sql) {
            Connection connection = DatabaseConnectionCache.of(this);
            synchronized (connection) {
                try (Statement statement = connection.createStatement()) {
                    var unused = statement.execute(sql);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    public static Database newDatabase() {
        return Server.RUNNING.createDatabase("test_" + JavaProcess.NAME + "_" + COUNT.incrementAndGet());
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

    /** Starts one and tells where it is: host, port and who may make databases. It ends with this JVM. */
    static String startServer() {
        return DockerEngine.containerOr(IMAGE, TestPostgres::container, TestPostgres::embedded)
                .withRole()
                .address();
    }

    private String address() {
        return String.join(" ", hostAndPort, adminUser, adminPassword);
    }

    private static TestPostgres at(String address) {
        String[] parts = address.split(" ", -1);
        return new TestPostgres(parts[0], parts[1], parts[2]);
    }

    private static TestPostgres embedded() {
        var log = ProcessBuilder.Redirect.appendTo(SharedServers.log("postgres").toFile());
        try {
            @SuppressWarnings("resource") // lives as long as the JVM; the binaries end with it
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", CONNECTIONS)
                    .setServerConfig("fsync", "off")
                    .setServerConfig("full_page_writes", "off")
                    .setServerConfig(
                            "autovacuum",
                            "off") // a plan depends on no moment: tables have statistics where a test asks for them
                    .setPort(FreePort.any())
                    .setPGStartupWait(STARTUP)
                    .setOutputRedirector(log)
                    .setErrorRedirector(log)
                    .start();
            return new TestPostgres("127.0.0.1:" + server.getPort(), "postgres", "postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestPostgres container() {
        @SuppressWarnings("resource") // Testcontainers removes it when the JVM ends
        PostgreSQLContainer server = new PostgreSQLContainer(IMAGE)
                .withDatabaseName("postgres")
                .withCommand(
                        "postgres", "-c", "max_connections=" + CONNECTIONS, "-c", "fsync=off", "-c", "autovacuum=off");
        server.start();
        return new TestPostgres(
                server.getHost() + ":" + server.getFirstMappedPort(), server.getUsername(), server.getPassword());
    }

    private static final class Server {
        static final TestPostgres RUNNING =
                at(SharedServers.address(SharedServers.POSTGRES).orElseGet(TestPostgres::startServer));
    }
}
