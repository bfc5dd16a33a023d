package io.tillstream.subscription.sql;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A value in a column. */
public final class Column {

    private Column() {}

    /** One that may be null: the database has to be told its type. */
    public static Parameter of(@Nullable Object value, Class<?> type) {
        return value == null ? Parameters.in(type) : Parameters.in(value);
    }

    /** One that is never null. */
    public static <T> T present(Readable row, String column, Class<T> type) {
        return Objects.requireNonNull(row.get(column, type), column);
    }

    /** One that is never null, by its place in the row. */
    public static <T> T present(Readable row, int place, Class<T> type) {
        return Objects.requireNonNull(row.get(place, type));
    }
}
