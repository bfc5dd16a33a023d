package io.tillstream.acceptance;

import io.tillstream.local.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The example of a consumer, as a process beside the stack, with a database of its own on the same server. */
final class Fulfilment implements AutoCloseable {
    private static final Duration ENDS = Duration.ofMinutes(10);
    private static final Path LOGS = Path.of("target/fulfilment").toAbsolutePath();
    private static final String NAME = "fulfilment";
    private static final String PASSWORD = "local-fulfilment-password";

    private final Process process;

    private Fulfilment(Process process) {
        this.process = process;
    }

    /** Once, before the first start: what its operators would do. */
    static void createDatabase() {
        run("postgres", "postgres", "postgres", "create role fulfilment login password '" + PASSWORD + "'");
        run("postgres", "postgres", "postgres", "create database fulfilment owner fulfilment");
    }

    static Fulfilment start(Duration shipAfter, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx96m",
                "-jar",
                jar().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DB_URL", url(NAME));
        builder.environment().put("DB_PASSWORD", PASSWORD);
        builder.environment()
                .put(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        "127.0.0.1:" + Stack.tillstream().port(Part.KAFKA));
        builder.environment().put("SHIP_AFTER", shipAfter.toMillis() + "ms");
        builder.environment().put("SHIP_EVERY", "100ms");
        Files.createDirectories(LOGS);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(LOGS.resolve("fulfilment.log").toFile()));
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-fulfilment"));
        return new Fulfilment(process);
    }

    /** Waits until it has ended by itself. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(ENDS.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("fulfilment did not end as it should: see " + LOGS);
        }
    }

    /** The first column of what its tables have. */
    static List<String> texts(String sql, String... parameters) {
        try (Connection connection = DriverManager.getConnection(url(NAME), NAME, PASSWORD);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        } catch (SQLException cause) {
            throw new IllegalStateException(sql, cause);
        }
    }

    static void run(String sql) {
        run(NAME, NAME, PASSWORD, sql);
    }

    private static void run(String database, String user, String password, String sql) {
        try (Connection connection = DriverManager.getConnection(url(database), user, password);
                Statement statement = connection.createStatement()) {
            var unused = statement.execute(sql);
        } catch (SQLException cause) {
            throw new IllegalStateException(sql, cause);
        }
    }

    private static String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + Stack.tillstream().port(Part.POSTGRESQL) + "/" + database;
    }

    static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(Stack.repository().resolve("deploy/examples/fulfilment/target"))) {
            return files.filter(file -> file.getFileName().toString().matches("fulfilment-.*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("fulfilment is not built"));
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(ENDS.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
