package io.tillstream.order.sql;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import org.jspecify.annotations.Nullable;

/** A value for a column that may be null: the database has to be told its type. */
public final class NullableParameter {

    private NullableParameter() {}

    public static Parameter of(@Nullable Object value, Class<?> type) {
        return value == null ? Parameters.in(type) : Parameters.in(value);
    }
}
