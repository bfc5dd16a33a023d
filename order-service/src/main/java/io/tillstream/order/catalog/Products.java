package io.tillstream.order.catalog;

import io.r2dbc.spi.Readable;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.order.sql.NullableParameter;
import io.tillstream.web.Cursor;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The catalog's table. */
@Repository
public class Products {

    private static final String COLUMNS =
            "select id, name, description, amount, currency, active, image_url, created_at from products ";

    private static final String INSERT = """
            insert into products (id, name, description, amount, currency, active, image_url, created_at, updated_at)
            values (:id, :name, :description, :amount, :currency, :active, :imageUrl, :now, :now)
            on conflict (id) do nothing
            """;

    private static final String UPDATE = """
            update products set name = :name, description = :description, amount = :amount, currency = :currency,
                   active = :active, image_url = :imageUrl, updated_at = :now
            where id = :id
            """;

    private final DatabaseClient database;
    private final Transactions transactions;
    private final Clock clock;

    Products(DatabaseClient database, Transactions transactions, Clock clock) {
        this.database = database;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Those of {@code ids} that are there, sold or not. */
    public Flux<Product> all(Collection<String> ids) {
        return database.sql(COLUMNS + "where id = any(:ids)")
                .bind("ids", ids.toArray(String[]::new))
                .map(Products::read)
                .all();
    }

    Flux<Product> forSale(@Nullable Cursor after, int limit) {
        return database.sql(COLUMNS + """
                        where active
                          and (cast(:createdAt as timestamptz) is null or (created_at, id) < (:createdAt, :id))
                        order by created_at desc, id desc limit :limit
                        """)
                .bind("createdAt", NullableParameter.of(after == null ? null : after.createdAt(), Instant.class))
                .bind("id", NullableParameter.of(after == null ? null : after.id(), String.class))
                .bind("limit", limit)
                .map(Products::read)
                .all();
    }

    Mono<Product> find(String id) {
        return database.sql(COLUMNS + "where id = :id")
                .bind("id", id)
                .map(Products::read)
                .one();
    }

    /** Whether it is new. */
    Mono<Boolean> add(String id, ProductJson.Input input) {
        return write(INSERT, id, input);
    }

    /** Whether it was there. */
    Mono<Boolean> replace(String id, ProductJson.Input input) {
        return write(UPDATE, id, input);
    }

    private Mono<Boolean> write(String sql, String id, ProductJson.Input input) {
        return transactions.run(database.sql(sql)
                .bind("id", id)
                .bind("name", input.name())
                .bind("description", input.description())
                .bind("amount", input.price().amount())
                .bind("currency", input.price().currency())
                .bind("active", input.isActive())
                .bind("imageUrl", NullableParameter.of(input.imageUrl(), String.class))
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1));
    }

    private static Product read(Readable row) {
        return new Product(
                Objects.requireNonNull(row.get("id", String.class)),
                Objects.requireNonNull(row.get("name", String.class)),
                Objects.requireNonNull(row.get("description", String.class)),
                new Money(
                        Objects.requireNonNull(row.get("amount", Long.class)),
                        Objects.requireNonNull(row.get("currency", String.class))),
                Objects.requireNonNull(row.get("active", Boolean.class)),
                row.get("image_url", String.class),
                Objects.requireNonNull(row.get("created_at", Instant.class)));
    }
}
