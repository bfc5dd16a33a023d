package io.tillstream.subscription.catalog;

import static io.tillstream.subscription.sql.Column.present;

import io.tillstream.delivery.ParkedEvents;
import io.tillstream.web.lease.LeaseHeartbeat;
import io.tillstream.web.lease.LeaseLost;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** What Stripe knows of plans and what it says of them, in the table of plans. */
@Repository
class PlanSyncRepository {

    /** A claim counts as a try and puts the next off: 5 s, doubling up to an hour. */
    private static final String CLAIM = """
            update plans
            set sync_tries = sync_tries + 1,
                sync_due_at = :now + least(interval '5 seconds' * power(2, least(sync_tries, 10)), interval '1 hour')
                              + interval '15 seconds'
            where id in (select id from plans
                         where sync_due_at <= :now and (told_until is null or told_until <= now())
                         order by sync_due_at limit :most for update skip locked)
            returning id
            """;

    /** What rests only as Stripe could not be told of it; a refusal ends it. */
    private static final String MAKE_DUE = """
            update plans set sync_due_at = :now
            where id in (
                select id from plans
                where sync_due_at > :now and sync_tries > 0 and (told_until is null or told_until <= now())
                order by sync_due_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private static final Duration LEASE = Duration.ofSeconds(15);

    private static final String TAKE = """
            update plans set told_until = now() + make_interval(secs => :lease), told_token = told_token + 1
            where id = :id and sync_due_at is not null and (told_until is null or told_until <= now())
            returning told_token
            """;

    private static final String RENEW = """
            update plans set told_until = now() + make_interval(secs => :lease) where id = :id and told_token = :token
            """;

    private static final String RELEASE = """
            update plans set told_until = null, told_token = told_token + 1 where id = :id and told_token = :token
            """;

    private static final String MADE = """
            update plans
            set stripe_product_id = :product,
                stripe_price_id = case when version = :version then :price else stripe_price_id end,
                updated_at = :now
            where id = :id and told_token = :token
            """;

    private static final String DONE = """
            update plans set sync_due_at = null, sync_tries = 0, synced_at = :now
            where id = :id and changes = :changes and told_token = :token
            """;

    private static final String REFUSED = """
            update plans set sync_due_at = null, sync_tries = 0, offered = false, updated_at = :now
            where id = :id and changes = :changes and told_token = :token
            """;

    private static final String PRODUCT_SAYS = """
            update plans
            set name = coalesce(nullif(:name, ''), name), description = :description, product_active = :active,
                stripe_product_id = case when :deleted then null else stripe_product_id end, updated_at = :now
            where stripe_product_id = :product
            """;

    private static final String PRICE_SAYS = """
            update plans
            set offered = :active, amounts = coalesce(cast(nullif(:amounts, '{}') as jsonb), amounts),
                stripe_price_id = case when :deleted then null else stripe_price_id end,
                version = version + case when :deleted then 1 else 0 end, updated_at = :now
            where id = :id
            """;

    private static final String PRICE_TAKEN = """
            update plans
            set stripe_price_id = :price, stripe_product_id = :product, currency = :currency,
                amounts = cast(:amounts as jsonb), billing_interval = :interval, interval_count = :count,
                offered = :active, version = version + 1, updated_at = :now
            where id = :id
            """;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final DatabaseClient database;
    private final LeaseHeartbeat heartbeat = new LeaseHeartbeat("a plan", LEASE);
    private final ParkedEvents parked;
    private final Clock clock;

    PlanSyncRepository(DatabaseClient database, ParkedEvents parked, Clock clock) {
        this.database = database;
        this.parked = parked;
        this.clock = clock;
    }

    /** What Stripe's news of a plan wait for while a change of ours is on its way there. */
    static String waitingFor(Plan plan) {
        return "plan:" + plan.id();
    }

    Flux<String> claimDue(int most) {
        return database.sql(CLAIM)
                .bind("now", clock.instant())
                .bind("most", most)
                .map(row -> present(row, "id", String.class))
                .all();
    }

    /** Ends the rests of what Stripe is to be told, of some of it; tells of how much, zero for none. */
    Mono<Long> makeDue() {
        return database.sql(MAKE_DUE)
                .bind("now", clock.instant())
                .bind("most", DUE_AT_ONCE)
                .fetch()
                .rowsUpdated();
    }

    /**
     * One instance's turn to tell Stripe of a plan.
     *
     * @param token which nobody has after it
     */
    record Turn(String planId, long token) {}

    /** Our turn; empty while it is another's, or where nothing is to be told. */
    Mono<Turn> take(String planId) {
        return database.sql(TAKE)
                .bind("id", planId)
                .bind("lease", heartbeat.seconds())
                .map(row -> new Turn(planId, present(row, "told_token", Long.class)))
                .one();
    }

    /** What is told in our turn, which is no one else's meanwhile: it ends with {@link LeaseLost} where another has taken it over. */
    <T> Mono<T> during(Turn turn, Mono<T> telling) {
        Mono<Boolean> renew = database.sql(RENEW)
                .bind("id", turn.planId())
                .bind("token", turn.token())
                .bind("lease", heartbeat.seconds())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
        return heartbeat.during(renew, telling);
    }

    /** Our turn is over, if it is ours still. */
    Mono<Void> release(Turn turn) {
        return run(RELEASE, Map.of("id", turn.planId(), "token", turn.token()));
    }

    /** Stripe has them; a Price of amounts that have changed meanwhile is a former one already. */
    Mono<Void> made(Turn turn, Plan plan, String productId, String priceId) {
        return database.sql(MADE)
                .bindValues(Map.of(
                        "id", plan.id(),
                        "token", turn.token(),
                        "product", productId,
                        "price", priceId,
                        "version", plan.sync().version(),
                        "now", clock.instant()))
                .fetch()
                .rowsUpdated()
                .filter(rows -> rows == 1)
                .switchIfEmpty(Mono.error(() -> new LeaseLost("plan " + plan.id())))
                .then();
    }

    /** Stripe knows all of this plan, unless it has been changed again meanwhile. */
    Mono<Void> done(Turn turn, Plan plan) {
        return end(DONE, turn, plan);
    }

    Mono<Void> refused(Turn turn, Plan plan) {
        return end(REFUSED, turn, plan);
    }

    private Mono<Void> end(String sql, Turn turn, Plan plan) {
        return run(
                        sql,
                        Map.of(
                                "id", plan.id(),
                                "token", turn.token(),
                                "changes", plan.sync().changes(),
                                "now", clock.instant()))
                .then(parked.release(waitingFor(plan)))
                .then();
    }

    Mono<Void> due(Plan plan) {
        return run(
                "update plans set sync_due_at = :now, changes = changes + 1 where id = :id and not taken_over",
                Map.of("id", plan.id(), "now", clock.instant()));
    }

    /** All plans of the Product say what it says. */
    Mono<Void> productSays(ProductState product) {
        String name = product.name();
        return run(
                PRODUCT_SAYS,
                Map.of(
                        "product", product.id(),
                        "name", name == null ? "" : name,
                        "description", product.description(),
                        "active", product.active() && !product.deleted(),
                        "deleted", product.deleted(),
                        "now", clock.instant()));
    }

    Mono<Void> priceSays(Plan plan, PriceState price) {
        return run(
                PRICE_SAYS,
                Map.of(
                        "id", plan.id(),
                        "active", price.active() && !price.deleted(),
                        "amounts", price.allCurrencies() ? JSON.writeValueAsString(price.amounts()) : "{}",
                        "deleted", price.deleted(),
                        "now", clock.instant()));
    }

    /** Somebody made another Price the plan's, at Stripe. */
    Mono<Void> priceTaken(Plan plan, String productId, PriceState price, PriceState.Recurring recurring) {
        return run(
                PRICE_TAKEN,
                Map.of(
                        "id", plan.id(),
                        "price", price.id(),
                        "product", productId,
                        "currency", price.currency(),
                        "amounts", JSON.writeValueAsString(price.amounts()),
                        "interval", recurring.interval().text(),
                        "count", recurring.count(),
                        "active", price.active(),
                        "now", clock.instant()));
    }

    private Mono<Void> run(String sql, Map<String, Object> values) {
        return database.sql(sql).bindValues(values).fetch().rowsUpdated().then();
    }
}
