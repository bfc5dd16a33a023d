package io.tillstream.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One connection a database for what tests look up: to open one costs more than most of their statements. */
final class DatabaseConnectionCache {

    private static final Map<String, Connection> KEPT = new ConcurrentHashMap<>();

    private DatabaseConnectionCache() {}

    static Connection of(TestPostgres.Database database) {
        return KEPT.compute(database.url(), (url, kept) -> {
            try {
                return kept == null || kept.isClosed() ? database.connect() : kept;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
