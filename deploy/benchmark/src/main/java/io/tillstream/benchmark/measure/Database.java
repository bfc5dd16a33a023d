package io.tillstream.benchmark.measure;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/** PostgreSQL as its superuser sees it: what is in the tables, and how many statements were sent. */
public record Database(String address) {
    private static final String OF_A_SECOND_KIND =
            "lower(query) ~ '^\\s*(begin|start transaction|commit|rollback|set |show |deallocate|discard)'";

    /**
     * The server at an address.
     *
     * @param jdbcUrl of any of its databases
     */
    public static Database of(String jdbcUrl) {
        Database database = new Database(jdbcUrl.substring(0, jdbcUrl.lastIndexOf('/')));
        database.execute("postgres", "create extension if not exists pg_stat_statements");
        return database;
    }

    public void execute(String name, String sql) {
        try (Connection connection = connect(name);
                Statement statement = connection.createStatement()) {
            var unused = statement.execute(sql);
        } catch (SQLException cause) {
            throw new IllegalStateException(sql, cause);
        }
    }

    /** The one number that a query answers. */
    public long number(String name, String sql) {
        try (Connection connection = connect(name);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IllegalStateException("no row: " + sql);
            }
            return rows.getLong(1);
        } catch (SQLException cause) {
            throw new IllegalStateException(sql, cause);
        }
    }

    /** So many statements each database has had, without begin and commit. */
    public Map<String, Long> statements() {
        String sql = "select datname, sum(calls) from pg_stat_statements join pg_database d on d.oid = dbid"
                + " where datname <> 'postgres' and not (" + OF_A_SECOND_KIND + ") group by datname order by datname";
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            Map<String, Long> calls = new LinkedHashMap<>();
            while (rows.next()) {
                calls.put(rows.getString(1), rows.getLong(2));
            }
            return calls;
        } catch (SQLException cause) {
            throw new IllegalStateException(sql, cause);
        }
    }

    private Connection connect(String name) throws SQLException {
        return DriverManager.getConnection(address + "/" + name, "postgres", "postgres");
    }
}
