package io.tillstream.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * What is asked of a search: only that becomes part of the statement. A condition such as {@code (:status is null or status =
 * :status)} would be one for any value, and no index serves it: PostgreSQL reads the whole table.
 */
public final class WhereClause {

    private final List<String> parts = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Always. */
    public WhereClause and(String condition) {
        parts.add(condition);
        return this;
    }

    /** A condition on one value, named {@code :name} in it; null does not matter, and is no condition. */
    public WhereClause and(String condition, String name, @Nullable Object value) {
        if (value != null) {
            parts.add(condition);
            values.put(name, value);
        }
        return this;
    }

    /** A condition on two values, as a position in a list is; null does not matter, and is no condition. */
    public WhereClause and(
            String condition, String name, @Nullable Object value, String second, @Nullable Object secondValue) {
        if (value != null && secondValue != null) {
            parts.add(condition);
            values.put(name, value);
            values.put(second, secondValue);
        }
        return this;
    }

    /** The statement with these conditions between {@code select} and {@code order}, and their values bound. */
    public DatabaseClient.GenericExecuteSpec in(DatabaseClient database, String select, String order) {
        String where = parts.isEmpty() ? "" : " where " + String.join(" and ", parts);
        return database.sql(select + where + " " + order).bindValues(values);
    }
}
