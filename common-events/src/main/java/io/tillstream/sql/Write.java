package io.tillstream.sql;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * An insert, update or delete that goes to the database together with others, see {@link Writes}. Named parameters as
 * everywhere; no {@code returning}.
 */
public final class Write {

    private final String sql;
    private final Map<String, Function<ContextView, Parameter>> values;
    private final BiConsumer<ContextView, Long> afterwards;

    private Write(
            String sql,
            Map<String, Function<ContextView, Parameter>> values,
            BiConsumer<ContextView, Long> afterwards) {
        this.sql = sql;
        this.values = values;
        this.afterwards = afterwards;
    }

    public static Write of(String sql) {
        return new Write(sql, Map.of(), (context, rows) -> {});
    }

    public Write bind(String name, Object value) {
        return with(name, context -> Parameters.in(value));
    }

    /** A value that may be null: the database has to be told its type. */
    public Write bind(String name, @Nullable Object value, Class<?> type) {
        Parameter bound = value == null ? Parameters.in(type) : Parameters.in(value);
        return with(name, context -> bound);
    }

    /** A value that is known when the statement is sent, from the context of whoever sends it. */
    public Write bindFrom(String name, Function<ContextView, Object> value) {
        return with(name, context -> Parameters.in(value.apply(context)));
    }

    private Write with(String name, Function<ContextView, Parameter> value) {
        Map<String, Function<ContextView, Parameter>> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return new Write(sql, more, afterwards);
    }

    /** What happens once it is written, inside the transaction, with the number of rows; an exception rolls back. */
    public Write then(BiConsumer<ContextView, Long> next) {
        return new Write(sql, values, afterwards.andThen(next));
    }

    /** Fails where another number of rows was written. */
    public Write expecting(long rows, String otherwise) {
        return then((context, written) -> {
            if (written != rows) {
                throw new IllegalStateException(otherwise);
            }
        });
    }

    String sql() {
        return sql;
    }

    Parameter value(String name, ContextView context) {
        Function<ContextView, Parameter> value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("nothing is bound to " + name + " of: " + sql);
        }
        return value.apply(context);
    }

    void written(ContextView context, long rows) {
        afterwards.accept(context, rows);
    }
}
