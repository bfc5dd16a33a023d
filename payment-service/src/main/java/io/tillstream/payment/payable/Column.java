package io.tillstream.payment.payable;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import org.jspecify.annotations.Nullable;

/** Reads and binds columns, saying which may be null. */
public final class Column {

    private Column() {}

    public static <T> T get(Readable row, String column, Class<T> type) {
        T value = row.get(column, type);
        if (value == null) {
            throw new IllegalStateException(column + " is null");
        }
        return value;
    }

    public static @Nullable String text(Readable row, String column) {
        return row.get(column, String.class);
    }

    /** A value to bind, null or not. */
    public static <T> Parameter in(@Nullable T value, Class<T> type) {
        return value == null ? Parameters.in(type) : Parameters.in(value);
    }

    public static Parameter in(@Nullable String value) {
        return in(value, String.class);
    }
}
