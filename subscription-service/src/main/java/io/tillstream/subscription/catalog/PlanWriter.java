package io.tillstream.subscription.catalog;

import io.tillstream.subscription.sql.Column;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** What operators write into the table of plans; each method runs in its caller's transaction. */
@Repository
class PlanWriter {

    /** So long after a plan was written {@link PlanSweep} tells Stripe of it, where whoever wrote it died before its turn. */
    private static final Duration SWEPT_AFTER = Duration.ofSeconds(15);

    private static final String INSERT = """
            insert into plans (id, product, name, description, currency, amounts, billing_interval, interval_count,
                   trial_days, per_seat, max_quantity, features, offered, taken_over, stripe_product_id, stripe_price_id,
                   lookup_key, sync_due_at, created_at, updated_at)
            values (:id, :product, :name, :description, :currency, cast(:amounts as jsonb), :interval, :count,
                   :trialDays, :perSeat, :maxQuantity, cast(:features as jsonb), :active, :takenOver, :stripeProduct,
                   :stripePrice, :lookupKey, case when :takenOver then null else cast(:due as timestamptz) end, :now, :now)
            on conflict (id) do nothing
            """;

    private static final String REPLACE = """
            update plans
            set name = :name, description = :description, currency = :currency, amounts = cast(:amounts as jsonb),
                billing_interval = :interval, interval_count = :count, trial_days = :trialDays, per_seat = :perSeat,
                max_quantity = :maxQuantity, features = cast(:features as jsonb),
                offered = case when taken_over then offered else :active end,
                version = version + case when :newPrice then 1 else 0 end,
                stripe_price_id = case when :newPrice then null else stripe_price_id end,
                changes = changes + 1, sync_tries = 0,
                sync_due_at = case when taken_over then null else cast(:due as timestamptz) end,
                updated_at = :now
            where id = :id
            """;

    private static final String SAME_WORDS = """
            update plans set name = :name, description = :description, product_active = product_active or :active,
                   updated_at = :now
            where product = :product
            """;

    private static final String REMEMBER_PRICE = """
            insert into plan_prices (stripe_price_id, plan_id, version, currency, amounts)
            values (:price, :plan, :version, :currency, cast(:amounts as jsonb))
            on conflict (stripe_price_id) do nothing
            """;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final DatabaseClient database;
    private final Clock clock;

    PlanWriter(DatabaseClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A product and price of somebody else's that a plan was made of. */
    record TakenOver(
            String stripeProductId,
            String stripePriceId,
            @Nullable String lookupKey) {}

    /** Plans of one product are written one after the other, also where there is none yet to lock. */
    Mono<Void> inTurn(String product) {
        return database.sql("select pg_advisory_xact_lock(hashtext('plans:' || :product))")
                .bind("product", product)
                .fetch()
                .all()
                .then();
    }

    /** Whether the plan is new; one that is there already stays as it is. */
    Mono<Boolean> insert(String id, String product, PlanDefinition terms, @Nullable TakenOver from) {
        return words(database.sql(INSERT), id, terms)
                .bind("product", product)
                .bind("takenOver", from != null)
                .bind("stripeProduct", Column.of(from == null ? null : from.stripeProductId(), String.class))
                .bind("stripePrice", Column.of(from == null ? null : from.stripePriceId(), String.class))
                .bind("lookupKey", Column.of(from == null ? null : from.lookupKey(), String.class))
                .fetch()
                .rowsUpdated()
                .filter(rows -> rows == 1)
                .flatMap(added -> sameWords(product, terms).thenReturn(true))
                .defaultIfEmpty(false);
    }

    /** Another price gets another Price: until it is made, the plan has none. */
    Mono<Void> replace(Plan before, PlanDefinition terms) {
        return words(database.sql(REPLACE), before.id(), terms)
                .bind("newPrice", !terms.samePrice(PlanDefinition.of(before)))
                .fetch()
                .rowsUpdated()
                .then(sameWords(before.product(), terms));
    }

    private Mono<Void> sameWords(String product, PlanDefinition terms) {
        return database.sql(SAME_WORDS)
                .bind("product", product)
                .bind("name", terms.name())
                .bind("description", terms.description())
                .bind("active", terms.active())
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Whether the Price was no plan's before. */
    Mono<Boolean> rememberPrice(String stripePriceId, String planId, int version, PriceTerms terms) {
        return database.sql(REMEMBER_PRICE)
                .bind("price", stripePriceId)
                .bind("plan", planId)
                .bind("version", version)
                .bind("currency", terms.currency())
                .bind("amounts", JSON.writeValueAsString(terms.amounts()))
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** What a Price invoices for one unit, by currency. */
    record PriceTerms(String currency, Map<String, Long> amounts) {
        static PriceTerms of(Plan plan) {
            return new PriceTerms(plan.currency(), plan.amounts());
        }

        static PriceTerms of(PriceState price) {
            return new PriceTerms(price.currency(), price.amounts());
        }
    }

    private GenericExecuteSpec words(GenericExecuteSpec sql, String id, PlanDefinition terms) {
        return sql.bind("id", id)
                .bind("name", terms.name())
                .bind("description", terms.description())
                .bind("currency", terms.currency())
                .bind("amounts", JSON.writeValueAsString(terms.amounts()))
                .bind("interval", terms.interval().text())
                .bind("count", terms.intervalCount())
                .bind("trialDays", terms.trialDays())
                .bind("perSeat", terms.perSeat())
                .bind("maxQuantity", terms.maxQuantity())
                .bind("features", JSON.writeValueAsString(terms.features()))
                .bind("active", terms.active())
                .bind("due", clock.instant().plus(SWEPT_AFTER))
                .bind("now", clock.instant());
    }
}
