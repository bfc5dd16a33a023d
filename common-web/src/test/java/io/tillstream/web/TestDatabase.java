package io.tillstream.web;

import io.tillstream.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.test.context.DynamicPropertyRegistry;

/** A database with this module's table and one of a service's, and the settings to reach it. */
public final class TestDatabase {

    private static final List<String> MIGRATIONS = List.of(
            "V50__idempotency_keys.sql",
            "V51__keys_keep_their_request.sql",
            "V52__refused_keys_end.sql",
            "V53__clean_up_reads_what_goes.sql");

    private TestDatabase() {}

    static void register(DynamicPropertyRegistry registry, TestPostgres.Database database) throws SQLException {
        make(database);
        registry.add("spring.r2dbc.url", () -> "r2dbc:" + database.url());
        registry.add("spring.r2dbc.username", database::user);
        registry.add("spring.r2dbc.password", database::password);
    }

    /** The tables. */
    public static void make(TestPostgres.Database database) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("create table test_items (id uuid primary key)");
            for (String migration : MIGRATIONS) {
                for (String one : statements(migration)) {
                    statement.execute(
                            one); // each by itself, as Flyway does: no index is made concurrently in a transaction
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> statements(String migration) throws IOException {
        String sql = new ClassPathResource("db/web/" + migration).getContentAsString(StandardCharsets.UTF_8);
        return Stream.of(sql.replaceAll("(?m)--.*$", "").split(";"))
                .filter(one -> !one.isBlank())
                .toList();
    }
}
