package io.tillstream.drift;

import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftKind.Side;
import io.tillstream.drift.DriftKind.Span;
import java.time.Instant;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;

/** Reads rows that are compared with Stripe, and writes none. */
public final class DriftRows {

    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final DatabaseClient database;

    /** Rows of this database. */
    public DriftRows(DatabaseClient database) {
        this.database = database;
    }

    /** Of a statement with {@code :ids}. */
    public Flux<Side> sides(String sql, Collection<String> ids, Function<Readable, Side> read) {
        return database.sql(sql)
                .bind("ids", ids.toArray(String[]::new))
                .map(read)
                .all();
    }

    /** The first column of a statement with {@code :ids}. */
    public Flux<String> texts(String sql, Collection<String> ids) {
        return ids.isEmpty()
                ? Flux.empty()
                : database.sql(sql)
                        .bind("ids", ids.toArray(String[]::new))
                        .map(row -> String.valueOf(row.get(0, String.class)))
                        .all();
    }

    /**
     * The ids of what was in none of Stripe's lists.
     *
     * @param due a statement that gives {@code id} of all that is of the span or not final, with {@code :from} and
     *     {@code :until}
     */
    public Flux<String> unseen(String due, UUID report, Span span, @Nullable String after, int rows) {
        return database.sql("""
                        with due as materialized (%s)
                        select id from due
                        where id > :after and not exists (
                            select 1 from drift_seen where report_id = :report and stripe_id = due.id)
                        order by id limit :rows
                        """.formatted(due))
                .bind("report", report)
                .bind("from", span.from())
                .bind("until", span.until())
                .bind("after", after == null ? "" : after)
                .bind("rows", rows)
                .map(row -> String.valueOf(row.get(0, String.class)))
                .all();
    }

    /** The first id that {@code sql} finds behind another, with {@code :from}, {@code :until} and {@code :after}. */
    public Flux<String> next(String sql, Span span, @Nullable String after) {
        return database.sql(sql)
                .bind("from", span.from())
                .bind("until", span.until())
                .bind("after", after == null ? "" : after)
                .map(row -> String.valueOf(row.get(0, String.class)))
                .all();
    }

    /** Whether it can be cast to a uuid; metadata is anybody's to write. */
    public static boolean isUuid(@Nullable String text) {
        return text != null && UUID_TEXT.matcher(text).matches();
    }

    public static @Nullable String text(Readable row, String column) {
        return row.get(column, String.class);
    }

    public static @Nullable Long number(Readable row, String column) {
        return row.get(column, Long.class);
    }

    /** Stripe's whole seconds. */
    public static long seconds(Instant time) {
        return time.getEpochSecond();
    }
}
