package io.tillstream.chaos.check;

import io.tillstream.chaos.check.observation.Service;
import io.tillstream.testing.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/**
 * The services' own tables with rows in which nothing is wrong, made once. What a test changes it changes within a transaction that
 * stays open until it is rolled back.
 */
final class CleanDatabases {
    private static final Map<Service, TestPostgres.Database> ALL = all();
    private static final Map<Service, Connection> OPEN = new EnumMap<>(Service.class);

    private CleanDatabases() {}

    static TestPostgres.Database of(Service service) {
        return Objects.requireNonNull(ALL.get(service));
    }

    /** One connection for all tests of this JVM, which come one after the other. */
    static Connection open(Service service) {
        return OPEN.computeIfAbsent(service, CleanDatabases::connect);
    }

    private static Connection connect(Service service) {
        try {
            Connection connection = of(service).connect();
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException cause) {
            throw new IllegalStateException(cause);
        }
    }

    /** All is clean again. */
    static void rollBack() {
        try {
            for (Connection connection : OPEN.values()) {
                connection.rollback();
            }
        } catch (SQLException cause) {
            throw new IllegalStateException(cause);
        }
    }

    private static Map<Service, TestPostgres.Database> all() {
        Map<Service, TestPostgres.Database> made = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            TestPostgres.Database database = TestPostgres.newDatabase();
            Flyway.configure()
                    .dataSource("jdbc:" + database.url(), database.user(), database.password())
                    .locations(Stream.of(
                                    "common-events/%s/delivery",
                                    "common-events/%s/drift", "common-web/%s/web", service.group() + "/%s/migration")
                            .map(path -> "filesystem:" + root().resolve(path.formatted("src/main/resources/db")))
                            .toArray(String[]::new))
                    .placeholders(Map.of("catalogSeed", "true"))
                    .configuration(Map.of("flyway.postgresql.transactional.lock", "false")) // as the services do
                    .load()
                    .migrate();
            fill(database, "/clean-world/" + service.database() + ".sql");
            made.put(service, database);
        }
        return made;
    }

    private static void fill(TestPostgres.Database database, String script) {
        try (InputStream sql = CleanDatabases.class.getResourceAsStream(script);
                Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException | SQLException cause) {
            throw new IllegalStateException(script, cause);
        }
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!folder.resolve("order-service").toFile().isDirectory()) {
            folder = Objects.requireNonNull(folder.getParent());
        }
        return folder;
    }
}
