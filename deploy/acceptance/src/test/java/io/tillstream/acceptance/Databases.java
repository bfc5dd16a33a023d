package io.tillstream.acceptance;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the services have stored, for looking at only. */
final class Databases {
    static final String ORDERS = "orders";
    static final String PAYMENTS = "payments";
    static final String SUBSCRIPTIONS = "subscriptions";
    static final List<String> ALL = List.of(ORDERS, PAYMENTS, SUBSCRIPTIONS);

    private static final int VALID_WITHIN = 30; // seconds; an outage ends connections

    /** A service's own statements end sooner; whole tables are read here, beside all other work. */
    private static final String LONGEST = "set statement_timeout = '5min'";

    /** By address, those that nobody uses: to open one costs more than most statements, and tests ask again and again. */
    private static final Map<String, Deque<Connection>> KEPT = new ConcurrentHashMap<>();

    private Databases() {}

    /** One row; columns by name, as text. */
    record Row(Map<String, @Nullable String> columns) {
        String text(String column) {
            String value = columns.get(column);
            return value == null ? "" : value;
        }

        long number(String column) {
            return Long.parseLong(text(column));
        }

        boolean isNull(String column) {
            return columns.get(column) == null;
        }
    }

    static List<Row> rows(String database, String sql, String... parameters) {
        String address = Stack.tillstream().jdbcUrl(database);
        Deque<Connection> kept = KEPT.computeIfAbsent(address, any -> new ConcurrentLinkedDeque<>());
        try {
            Connection connection = kept.poll();
            if (connection == null || !connection.isValid(VALID_WITHIN)) {
                connection = connect(database);
            }
            try {
                List<Row> rows = rows(connection, sql, parameters);
                kept.push(connection);
                return rows;
            } catch (SQLException | RuntimeException cause) {
                connection.close();
                throw cause;
            }
        } catch (SQLException cause) {
            throw new IllegalStateException(sql, cause);
        }
    }

    private static Connection connect(String database) throws SQLException {
        Connection connection = Stack.tillstream().connect(database);
        try (Statement statement = connection.createStatement()) {
            statement.execute(LONGEST);
            return connection;
        } catch (SQLException cause) {
            connection.close();
            throw cause;
        }
    }

    private static List<Row> rows(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                return read(result);
            }
        }
    }

    private static List<Row> read(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        List<Row> rows = new ArrayList<>();
        while (result.next()) {
            Map<String, @Nullable String> row = new LinkedHashMap<>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                row.put(columns.getColumnName(i), result.getString(i));
            }
            rows.add(new Row(row));
        }
        return rows;
    }

    static List<String> tables(String database) {
        return rows(database, "select table_name from information_schema.tables where table_schema = 'public'").stream()
                .map(row -> row.text("table_name"))
                .toList();
    }

    /** Columns, as database.table.column, in which one of the words stands; bytes are read as UTF-8 too. */
    static List<String> columnsWith(String... words) {
        List<String> found = new ArrayList<>();
        for (String database : ALL) {
            textColumns(database).forEach((table, columns) -> columnsWith(database, table, columns, words)
                    .forEach(column -> found.add(database + "." + table + "." + column)));
        }
        return found;
    }

    /** By table. */
    private static Map<String, List<String>> textColumns(String database) {
        return rows(database, """
                select c.table_name, c.column_name from information_schema.columns c
                join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
                where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type in
                  ('text', 'json', 'jsonb', 'bytea', 'ARRAY', 'character varying', 'character', 'xml', 'USER-DEFINED')
                """).stream()
                .collect(Collectors.groupingBy(
                        row -> row.text("table_name"),
                        LinkedHashMap::new,
                        Collectors.mapping(row -> row.text("column_name"), Collectors.toList())));
    }

    /** One look at the table, for all of them. */
    private static List<String> columnsWith(String database, String table, List<String> columns, String... words) {
        List<String> counts = new ArrayList<>();
        List<String> parameters = new ArrayList<>();
        for (String column : columns) {
            List<String> conditions = new ArrayList<>();
            for (String word : words) {
                conditions.add("""
                        position(lower(?) in lower("%1$s"::text)) > 0
                          or position(encode(convert_to(?, 'UTF8'), 'hex') in "%1$s"::text) > 0
                        """.formatted(column));
                parameters.add(word);
                parameters.add(word);
            }
            counts.add("count(*) filter (where %s) as \"%s\"".formatted(String.join(" or ", conditions), column));
        }
        String sql = "select %s from \"%s\"".formatted(String.join(", ", counts), table);
        Row found = rows(database, sql, parameters.toArray(String[]::new)).get(0);
        return columns.stream().filter(column -> found.number(column) > 0).toList();
    }

    static long count(String database, String sql, String... parameters) {
        return rows(database, sql, parameters).get(0).number("count");
    }
}
