package io.tillstream.subscription.subscription;

import io.tillstream.sql.WhereClause;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of subscriptions. */
@Repository
public class Subscriptions {

    static final String LIVE =
            " status in ('starting', 'incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused') ";

    static final String BEGAN =
            " exists (select 1 from subscription_history h where h.subscription_id = s.id and h.to_status in ('trialing', 'active')) ";

    private final DatabaseClient database;

    Subscriptions(DatabaseClient database) {
        this.database = database;
    }

    /** Whether it is new: not if its id is there already, nor if the user has a live one of the plan. */
    public Mono<Boolean> begin(Subscription subscription) {
        return SubscriptionRow.bind(database.sql(SubscriptionRow.BEGIN), subscription)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** Takes over one that was made at Stripe; false if its id there is known already. */
    public Mono<Boolean> adopt(Subscription subscription) {
        return SubscriptionRow.bind(database.sql(SubscriptionRow.ADOPT), subscription)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    public Mono<Subscription> find(UUID id) {
        return one(database.sql(SubscriptionRow.SELECT + "where id = :id").bind("id", id));
    }

    /** Only its owner finds it. */
    public Mono<Subscription> find(UUID id, String userId) {
        return one(database.sql(SubscriptionRow.SELECT + "where id = :id and user_id = :userId")
                .bind("id", id)
                .bind("userId", userId));
    }

    public Mono<Subscription> findByStripeId(String stripeSubscriptionId) {
        return one(database.sql(SubscriptionRow.SELECT + "where stripe_subscription_id = :stripeId")
                .bind("stripeId", stripeSubscriptionId));
    }

    public Mono<Subscription> findBySession(String checkoutSessionId) {
        return one(database.sql(SubscriptionRow.SELECT + "where checkout_session_id = :sessionId")
                .bind("sessionId", checkoutSessionId));
    }

    /** The one that stands in the way of another of the user's to the plan. */
    public Mono<Subscription> findLive(String userId, String planId) {
        return one(database.sql(SubscriptionRow.SELECT + "where user_id = :userId and plan_id = :planId and" + LIVE
                        + "order by created_at limit 1")
                .bind("userId", userId)
                .bind("planId", planId));
    }

    /** All of a user's that are not over, oldest first. */
    public Flux<Subscription> live(String userId) {
        return database.sql(SubscriptionRow.SELECT + "where user_id = :userId and" + LIVE + "order by created_at, id")
                .bind("userId", userId)
                .map(SubscriptionRow::read)
                .all();
    }

    /** Whether the user ever had one of the product. */
    public Mono<Boolean> had(String userId, String product) {
        return exists(database.sql("select exists (select 1 from subscriptions s join plans p on p.id = s.plan_id"
                        + " where s.user_id = :userId and p.product = :product and " + BEGAN + ") as found")
                .bind("userId", userId)
                .bind("product", product));
    }

    private static Mono<Boolean> exists(DatabaseClient.GenericExecuteSpec query) {
        return query.map(row -> Boolean.TRUE.equals(row.get("found", Boolean.class)))
                .one();
    }

    /** Forgets a start about which Stripe was never asked; false if it is more than that by now. Row locked. */
    public Mono<Boolean> takeBack(UUID id) {
        return database.sql("""
                        with gone as (delete from subscription_history where subscription_id = :id and exists (
                                          select 1 from subscriptions
                                          where id = :id and status = 'starting' and asks = 0
                                            and stripe_subscription_id is null)),
                             lines as (delete from subscription_timeline where subscription_id = :id and exists (
                                          select 1 from subscriptions
                                          where id = :id and status = 'starting' and asks = 0
                                            and stripe_subscription_id is null))
                        delete from subscriptions
                        where id = :id and status = 'starting' and asks = 0 and stripe_subscription_id is null
                        """).bind("id", id).fetch().rowsUpdated().map(rows -> rows == 1);
    }

    /** Counts a question about a start, so that it is not forgotten as one that was never asked. */
    public Mono<Void> askedAgain(UUID id) {
        return database.sql("update subscriptions set asks = greatest(asks, 1) where id = :id and status = 'starting'")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** What became of a start is to be asked for at once. */
    public Mono<Void> askSoon(UUID id) {
        return database.sql("update subscriptions set next_ask_at = now() where id = :id and status = 'starting'")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Takes starts whose outcome is to be asked for now, and says when they are due again. */
    public Flux<UUID> claimDue(int most) {
        return database.sql("""
                        update subscriptions
                        set asks = asks + 1,
                            next_ask_at = now() + case when asks < 1 then interval '1 minute'
                                                       when asks < 6 then interval '5 minutes'
                                                       when asks < 7 then interval '1 hour'
                                                       else interval '1 day' end
                        where id in (select id from subscriptions where next_ask_at <= now()
                                     order by next_ask_at limit :most for update skip locked)
                        returning id
                        """)
                .bind("most", most)
                .map(row -> Objects.requireNonNull(row.get("id", UUID.class)))
                .all();
    }

    /**
     * Inside a transaction: what is counted per user is counted by one at a time, to its end. Taken before the lock of a
     * subscription, never after it.
     */
    public Mono<Void> lockUser(String userId) {
        return database.sql(
                        "select pg_advisory_xact_lock(hashtextextended('subscriber:' || :userId, 0))::text as taken")
                .bind("userId", userId)
                .map(row -> true)
                .one()
                .then();
    }

    /** Inside a transaction: nobody else moves it until the end. */
    public Mono<Subscription> lock(UUID id) {
        return one(database.sql(SubscriptionRow.SELECT + "where id = :id for update")
                .bind("id", id));
    }

    /** Writes one whose row is locked. */
    public Mono<Void> update(Subscription subscription) {
        return SubscriptionRow.bind(database.sql(SubscriptionRow.UPDATE), subscription)
                .fetch()
                .rowsUpdated()
                .flatMap(rows -> rows == 1
                        ? Mono.<Void>empty()
                        : Mono.error(new IllegalStateException("Subscription " + subscription.id() + " is not there")));
    }

    /** What an event said of the time on Stripe's clock; never back. Inside the transaction of its effect. */
    public Mono<Void> knownAt(UUID id, Instant told) {
        return database.sql("""
                        update subscriptions set known_at = :told
                        where id = :id and (known_at is null or known_at < :told)
                        """)
                .bind("told", told)
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** What is looked for; null: no matter. */
    public record Search(
            boolean own,
            @Nullable String userId,
            @Nullable SubscriptionStatus status,
            @Nullable String planId,
            @Nullable String stripeId,
            @Nullable Instant createdBefore,
            @Nullable UUID idBefore) {

        /** To a user, a page on which nobody paid is no subscription; asked for by status, it is there. */
        private boolean isOwn() {
            return own && status == null;
        }
    }

    /** Newest first, after a position. */
    public Flux<Subscription> page(Search search, int limit) {
        SubscriptionStatus status = search.status();
        return new WhereClause()
                .and("user_id = :userId", "userId", search.userId())
                .and(search.isOwn() ? "(checkout_session_id is null or status not in ('starting', 'failed'))" : "true")
                .and("status = :status", "status", status == null ? null : status.text())
                .and("plan_id = :planId", "planId", search.planId())
                .and("stripe_subscription_id = :stripeId", "stripeId", search.stripeId())
                .and(
                        "(created_at, id) < (:createdAt, :id)",
                        "createdAt",
                        search.createdBefore(),
                        "id",
                        search.idBefore())
                .in(database, SubscriptionRow.SELECT, "order by created_at desc, id desc limit :limit")
                .bind("limit", limit)
                .map(SubscriptionRow::read)
                .all();
    }

    /**
     * Why they left, in their own words, of all that a user began until a moment; Stripe's late words about it are not kept
     * either. Plans, amounts and ids stay.
     */
    public Mono<Long> forgetReasons(String userId, Instant until) {
        return database.sql("""
                        update subscriptions set cancel_reason = null, erased_at = :until
                        where user_id = :userId and created_at <= :until and erased_at is null
                        """)
                .bind("userId", userId)
                .bind("until", until)
                .fetch()
                .rowsUpdated();
    }

    /** Starts of the customer whose page may be open. */
    public Flux<UUID> onPages(String stripeCustomerId) {
        return database.sql("select id from subscriptions where stripe_customer_id = :customer and status = 'starting'"
                        + " and checkout_session_id is not null order by id")
                .bind("customer", stripeCustomerId)
                .map(row -> Objects.requireNonNull(row.get("id", UUID.class)))
                .all();
    }

    /** Those of {@code ids} that are there, for waits of many at once. */
    public Flux<Subscription> all(Collection<UUID> ids) {
        return database.sql(SubscriptionRow.SELECT + "where id = any(:ids)")
                .bind("ids", ids.toArray(UUID[]::new))
                .map(SubscriptionRow::read)
                .all();
    }

    private static Mono<Subscription> one(DatabaseClient.GenericExecuteSpec query) {
        return query.map(SubscriptionRow::read).one();
    }
}
