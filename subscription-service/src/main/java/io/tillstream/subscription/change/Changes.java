package io.tillstream.subscription.change;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.SubscriptionSettings;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of changes that were begun. */
@Repository
class Changes {

    private static final int BATCH = 20; // a second's worth of calls to Stripe

    private static final String BEGIN = """
            insert into subscription_changes
                (id, request_id, subscription_id, plan_id, stripe_price_id, stripe_item_id, quantity, proration_date,
                 status, next_ask_at, created_at, updated_at)
            values (:id, :requestId, :subscriptionId, :planId, :priceId, :itemId, :quantity, :prorationDate,
                 'asked', :nextAskAt, :createdAt, :createdAt)
            on conflict do nothing
            """;

    /** Claimed for the length of the next wait, so that a crash or a second instance does no harm; what was asked often waits. */
    private static final String CLAIM = """
            update subscription_changes
            set tries = tries + 1,
                next_ask_at = now() + case when tries < 5 then make_interval(secs => :firstAsk) else interval '10 minutes' end
            where id in (
                select id from subscription_changes where next_ask_at <= now()
                order by tries > 5, next_ask_at limit :batch for update skip locked)
            returning *
            """;

    /** What rests only as nobody knows what Stripe did; one whose own request may be under way waits for that. */
    private static final String MAKE_DUE = """
            update subscription_changes set next_ask_at = now()
            where id in (
                select id from subscription_changes
                where next_ask_at > now() and status = 'asked' and tries > 0
                order by next_ask_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final DatabaseClient database;
    private final SubscriptionSettings settings;

    Changes(DatabaseClient database, SubscriptionSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    Mono<Change> find(UUID id) {
        return database.sql("select * from subscription_changes where id = :id")
                .bind("id", id)
                .map(Changes::read)
                .one();
    }

    /** Whether it is the only one: not if it was begun before, nor if another one of the subscription is going on. */
    Mono<Boolean> begin(Change change) {
        return database.sql(BEGIN)
                .bind("id", change.id())
                .bind("requestId", change.requestId())
                .bind("subscriptionId", change.subscriptionId())
                .bind("planId", change.wanted().planId())
                .bind("priceId", change.wanted().priceId())
                .bind("itemId", change.wanted().itemId())
                .bind("quantity", change.wanted().quantity())
                .bind("prorationDate", Column.of(change.prorationDate(), Long.class))
                .bind("nextAskAt", change.createdAt().plus(settings.firstAsk()))
                .bind("createdAt", change.createdAt())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** When the newest change of the subscription to this plan was begun here; empty for none. */
    Mono<Instant> newest(UUID subscriptionId, String planId) {
        return database.sql(
                        "select created_at from subscription_changes where subscription_id = :id and plan_id = :plan"
                                + " order by created_at desc limit 1")
                .bind("id", subscriptionId)
                .bind("plan", planId)
                .map(row -> Column.present(row, "created_at", Instant.class))
                .one();
    }

    /** Whether one of the subscription is going on. */
    Mono<Boolean> underWay(UUID subscriptionId) {
        return database.sql("select 1 from subscription_changes where subscription_id = :id and status = 'asked'")
                .bind("id", subscriptionId)
                .fetch()
                .one()
                .hasElement();
    }

    /** The one of the subscription that Stripe has not answered. */
    Mono<Change> unanswered(UUID subscriptionId) {
        return database.sql("select * from subscription_changes where subscription_id = :id and status = 'asked'")
                .bind("id", subscriptionId)
                .map(Changes::read)
                .one();
    }

    /** From now on nobody asks Stripe for it. False where its answer came meanwhile. */
    Mono<Boolean> withdraw(Change change, Instant now) {
        return database.sql("update subscription_changes set withdrawn_at = coalesce(withdrawn_at, :now)"
                        + " where id = :id and status = 'asked'")
                .bind("now", now)
                .bind("id", change.id())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** @param waits for its payment: one that its user took back is not over by that */
    Mono<Void> finish(Change change, Change.Status status, @Nullable String why, boolean waits) {
        return database.sql("""
                        update subscription_changes
                        set status = :status, why = :why, next_ask_at = null, updated_at = now()
                        where id = :id and status = 'asked' and (withdrawn_at is null or not :waits)
                        """)
                .bind("waits", waits)
                .bind("status", status.text())
                .bind("why", Column.of(why, String.class))
                .bind("id", change.id())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Stripe did nothing of it: the quote is as good as before. False where it was asked for again meanwhile. */
    Mono<Boolean> takeBack(Change change) {
        return database.sql("delete from subscription_changes where id = :id and status = 'asked' and tries = 0")
                .bind("id", change.id())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    Flux<Change> claim() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .bind("firstAsk", settings.firstAskSeconds())
                .map(Changes::read)
                .all();
    }

    /** Ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }

    private static Change read(Readable row) {
        return new Change(
                get(row, "id", UUID.class),
                get(row, "request_id", UUID.class),
                get(row, "subscription_id", UUID.class),
                new Change.ChangeTerms(
                        get(row, "plan_id", String.class),
                        get(row, "stripe_price_id", String.class),
                        get(row, "stripe_item_id", String.class),
                        get(row, "quantity", Integer.class)),
                row.get("proration_date", Long.class),
                Change.Status.of(get(row, "status", String.class)),
                row.get("why", String.class),
                get(row, "created_at", Instant.class),
                row.get("withdrawn_at", Instant.class));
    }

    private static <T> T get(Readable row, String column, Class<T> type) {
        return Objects.requireNonNull(row.get(column, type), column);
    }
}
