package io.tillstream.subscription.catalog;

import static io.tillstream.subscription.sql.Column.present;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import io.tillstream.web.Cursor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The plans as they are kept. */
@Repository
class PlanRepository {

    private static final String COLUMNS = """
            select id, product, name, description, currency, amounts::text as amounts, billing_interval, interval_count,
                   trial_days, per_seat, max_quantity, features::text as features, offered, product_active, taken_over,
                   stripe_product_id, stripe_price_id, lookup_key, version, changes, sync_tries, sync_due_at, synced_at,
                   created_at
            from plans
            """;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Long>> AMOUNTS = new TypeReference<>() {};
    private static final TypeReference<List<String>> FEATURES = new TypeReference<>() {};

    private final DatabaseClient database;

    PlanRepository(DatabaseClient database) {
        this.database = database;
    }

    Mono<Plan> find(String id) {
        return database.sql(COLUMNS + "where id = :id")
                .bind("id", id)
                .map(PlanRepository::read)
                .one();
    }

    /** Another with every change of any plan. */
    Mono<String> version() {
        return database.sql(
                        "select concat(count(*), ' ', sum(changes), ' ', max(updated_at), ' ', max(synced_at)) from plans")
                .map(row -> Column.present(row, 0, String.class))
                .one();
    }

    Mono<Plan> byPrice(String stripePriceId) {
        return database.sql(COLUMNS + "where id = (select plan_id from plan_prices where stripe_price_id = :price)")
                .bind("price", stripePriceId)
                .map(PlanRepository::read)
                .one();
    }

    /** Those that can be subscribed to, the newest first. */
    Flux<Plan> offered(@Nullable Cursor after, int limit) {
        return database.sql(COLUMNS + """
                        where offered and product_active
                          and (cast(:createdAt as timestamptz) is null or (created_at, id) < (:createdAt, :id))
                        order by created_at desc, id desc limit :limit
                        """)
                .bind("createdAt", Column.of(after == null ? null : after.createdAt(), Instant.class))
                .bind("id", Column.of(after == null ? null : after.id(), String.class))
                .bind("limit", limit)
                .map(PlanRepository::read)
                .all();
    }

    /** All plans of a product, in the order in which they are always locked. */
    Flux<Plan> lockProduct(String product) {
        return database.sql(COLUMNS + "where product = :product order by id for update")
                .bind("product", product)
                .map(PlanRepository::read)
                .all();
    }

    Flux<Plan> lockStripeProduct(String stripeProductId) {
        return database.sql(COLUMNS + "where stripe_product_id = :product order by id for update")
                .bind("product", stripeProductId)
                .map(PlanRepository::read)
                .all();
    }

    /** The plan whose Price this is now. */
    Mono<Plan> lockPresentPrice(String stripePriceId) {
        return database.sql(COLUMNS + "where stripe_price_id = :price for update")
                .bind("price", stripePriceId)
                .map(PlanRepository::read)
                .one();
    }

    /** The plan that is found at Stripe by this key: ours, or of a price that was taken over. */
    Mono<Plan> lockLookupKey(String lookupKey, String prefix) {
        return database.sql(COLUMNS + """
                        where case when taken_over then lookup_key = :key else :prefix || id = :key end
                        order by id limit 1 for update
                        """)
                .bind("key", lookupKey)
                .bind("prefix", prefix)
                .map(PlanRepository::read)
                .one();
    }

    Flux<Plan> ofProduct(String product) {
        return database.sql(COLUMNS + "where product = :product order by id")
                .bind("product", product)
                .map(PlanRepository::read)
                .all();
    }

    /** Those whose Price we make, and have made. */
    Flux<Plan> withPrice() {
        return database.sql(COLUMNS + "where stripe_price_id is not null and not taken_over order by id")
                .map(PlanRepository::read)
                .all();
    }

    /** Every Price that is or was the plan's. */
    Flux<String> pricesOf(String planId) {
        return database.sql("select stripe_price_id from plan_prices where plan_id = :plan")
                .bind("plan", planId)
                .map(row -> present(row, "stripe_price_id", String.class))
                .all();
    }

    private static Plan read(Readable row) {
        return new Plan(
                present(row, "id", String.class),
                present(row, "product", String.class),
                present(row, "name", String.class),
                present(row, "description", String.class),
                present(row, "currency", String.class),
                JSON.readValue(present(row, "amounts", String.class), AMOUNTS),
                Interval.of(present(row, "billing_interval", String.class)),
                present(row, "interval_count", Integer.class),
                present(row, "trial_days", Integer.class),
                present(row, "per_seat", Boolean.class),
                present(row, "max_quantity", Integer.class),
                JSON.readValue(present(row, "features", String.class), FEATURES),
                present(row, "offered", Boolean.class),
                present(row, "product_active", Boolean.class),
                present(row, "taken_over", Boolean.class),
                row.get("stripe_product_id", String.class),
                row.get("stripe_price_id", String.class),
                row.get("lookup_key", String.class),
                sync(row),
                present(row, "created_at", Instant.class));
    }

    private static Plan.Sync sync(Readable row) {
        return new Plan.Sync(
                present(row, "version", Integer.class),
                present(row, "changes", Integer.class),
                present(row, "sync_tries", Integer.class),
                row.get("sync_due_at", Instant.class),
                row.get("synced_at", Instant.class));
    }
}
