package io.tillstream.chaos.check.observation;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A service's tables, for looking at only. */
public final class ServiceDatabase implements AutoCloseable {

    private static final String PATIENCE = "set statement_timeout = '5min'"; // whole tables are read
    private static final int FETCH = 1_000; // rows in memory at once

    private final Connection connection;
    private final boolean isShared;

    public ServiceDatabase(String jdbcUrl, String user, String password) {
        try {
            this.isShared = false;
            this.connection = DriverManager.getConnection(jdbcUrl, user, password);
            try (Statement statement = connection.createStatement()) {
                var unused = statement.execute(PATIENCE);
            }
        } catch (SQLException cause) {
            throw new IllegalStateException("No look into " + jdbcUrl, cause);
        }
    }

    /** Within the transaction that its owner has open on the connection: it sees what is not committed, and ends neither. */
    public ServiceDatabase(Connection shared) {
        this.isShared = true;
        this.connection = shared;
    }

    /** One row, columns by name. */
    public record Row(Map<String, @Nullable Object> columns) {

        /** Empty where it is null; bytes are read as text, as a secret may rest in them. */
        public String text(String column) {
            Object value = columns.get(column);
            if (value instanceof byte[] bytes) {
                return new String(bytes, StandardCharsets.ISO_8859_1);
            }
            return value == null ? "" : value.toString();
        }

        /** Bytes that are no UTF-8 are no text: encrypted, as a rule. */
        public boolean isText(String column) {
            return !(columns.get(column) instanceof byte[] bytes)
                    || Arrays.equals(new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
        }

        public long number(String column) {
            return Long.parseLong(text(column));
        }

        public @Nullable Instant time(String column) {
            return columns.get(column) instanceof Timestamp time ? time.toInstant() : null;
        }

        public boolean isNull(String column) {
            return columns.get(column) == null;
        }
    }

    public List<Row> rows(String sql, String... parameters) {
        List<Row> rows = new ArrayList<>();
        each(sql, rows::add, parameters);
        return rows;
    }

    /** First column of each row. */
    public List<String> texts(String sql) {
        List<String> texts = new ArrayList<>();
        each(sql, row -> texts.add(row.text(row.columns().keySet().iterator().next())));
        return texts;
    }

    /** Row by row, for tables of any size. */
    public void each(String sql, Consumer<Row> take, String... parameters) {
        try {
            if (!isShared) {
                connection.setAutoCommit(false); // else all rows are fetched at once
            }
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setFetchSize(FETCH);
                for (int i = 0; i < parameters.length; i++) {
                    statement.setString(i + 1, parameters[i]);
                }
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        take.accept(row(result));
                    }
                }
            } finally {
                if (!isShared) {
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
            }
        } catch (SQLException cause) {
            throw new IllegalStateException(sql, cause);
        }
    }

    private static Row row(ResultSet result) throws SQLException {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            columns.put(result.getMetaData().getColumnLabel(i), result.getObject(i));
        }
        return new Row(columns);
    }

    @Override
    public void close() {
        if (isShared) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException cause) {
            throw new IllegalStateException("A look into a database does not end", cause);
        }
    }
}
