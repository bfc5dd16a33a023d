package io.tillstream.migration;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Migrations that failed outside a transaction, as an index that is made concurrently and waits too long for somebody's long
 * transaction. Flyway refuses each later start because of one. Such a migration first takes away what it may have left, so it
 * is made again; all others were rolled back, and left no trace.
 */
final class FailedMigrations {

    private static final Logger LOG = LoggerFactory.getLogger(FailedMigrations.class);

    private FailedMigrations() {}

    /** Only for whoever has the lock: what is under way has not failed. */
    static void forget(Configuration flyway) {
        String table = '"' + flyway.getTable() + '"';
        try (Connection session = flyway.getDataSource().getConnection();
                Statement statement = session.createStatement()) {
            if (exists(statement, table)) {
                int failed = statement.executeUpdate("delete from " + table + " where not success");
                if (failed > 0) {
                    LOG.warn("Migrations that failed before are made again: {}", failed);
                }
            }
        } catch (SQLException cause) {
            throw new IllegalStateException("Which migrations failed is not known: " + cause.getMessage(), cause);
        }
    }

    private static boolean exists(Statement statement, String table) throws SQLException {
        try (ResultSet answer = statement.executeQuery("select to_regclass('" + table + "') is not null")) {
            return answer.next() && answer.getBoolean(1);
        }
    }
}
