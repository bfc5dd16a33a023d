package io.tillstream.subscription.subscription;

import io.tillstream.sql.WhereClause;
import java.time.Duration;
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

    /**
     * What rests only as nobody knows what Stripe did; one whose own request may be under way waits for that, and one whose page
     * is known for the end of that page.
     */
    private static final String MAKE_DUE = """
            update subscriptions set next_ask_at = now()
            where id in (
                select id from subscriptions
                where next_ask_at > now() and status = 'starting' and asks > 0 and checkout_session_id is null
                order by next_ask_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    static final String BEGAN =
            " exists (select 1 from subscription_history h where h.subscription_id = s.id and h.to_status in ('trialing', 'active')) ";

    private static final String HAD = """
            select exists (
                select 1 from subscriptions s join plans p on p.id = s.plan_id
                where s.user_id = :userId and p.product = :product and %s)
              or exists (
                select 1 from invoices i cross join lateral jsonb_array_elements(i.lines) line
                join plan_prices price on price.stripe_price_id = line ->> 'priceId'
                join plans p on p.id = price.plan_id
                where i.user_id = :userId and i.ever_paid and p.product = :product) as found
            """.formatted(BEGAN);

    private final DatabaseClient database;
    private final SubscriptionSettings settings;

    Subscriptions(DatabaseClient database, SubscriptionSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    /** When it is first asked what became of a start that begins now. */
    public Instant firstAsk(Instant now) {
        return now.plus(settings.firstAsk());
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

    /** Only its owner finds it. */
    public Mono<Subscription> findByLatestInvoice(String stripeInvoiceId, String userId) {
        return one(database.sql(
                        SubscriptionRow.SELECT + "where user_id = :userId and latest_invoice_id = :invoiceId limit 1")
                .bind("userId", userId)
                .bind("invoiceId", stripeInvoiceId));
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

    /** Whether the user ever had one of the product, whatever it was changed to since. */
    public Mono<Boolean> had(String userId, String product) {
        return exists(database.sql(HAD).bind("userId", userId).bind("product", product));
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

    /**
     * Whether Stripe's own answer to a start judges what is found of it: it is asked for at once, unless the start's own request may
     * be under way. Whoever began to undo it goes on with that at any age. Inside a transaction.
     *
     * @param keyKnown a start of before that has no answer any more; one on a page never had any
     */
    public Mono<Boolean> isJudgedByItsAnswer(UUID id, Instant keyKnown) {
        return database.sql("""
                        update subscriptions set next_ask_at = case when asks = 0 then next_ask_at else now() end
                        where id = :id and status = 'starting' and request <> '{}' and request ->> 'page' is null
                          and (created_at > :keyKnown
                            or exists (select 1 from start_refunds r where r.subscription_id = id))
                        """)
                .bind("id", id)
                .bind("keyKnown", keyKnown)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /**
     * Takes starts whose outcome is to be asked for now, and says when they are due again: first those that may have taken
     * money without an answer, those that were asked about often behind the others, then pages that are over.
     *
     * @param proof after which time what Stripe does not list has not begun: nobody waits for it any longer than that
     */
    public Flux<UUID> claimDue(int most, int pages, Duration proof) {
        return database.sql("""
                        with unknown as (
                            select id from subscriptions where next_ask_at <= now() and checkout_session_id is null
                            order by asks > 5, next_ask_at limit :most for update skip locked),
                        page as (
                            select id from subscriptions where next_ask_at <= now() and checkout_session_id is not null
                            order by next_ask_at limit :pages for update skip locked),
                        claimed as (
                            update subscriptions
                            set asks = asks + 1,
                                next_ask_at = least(
                                    now() + case when asks < 6 then least(
                                                     make_interval(secs => :firstAsk) * power(2, asks),
                                                     interval '5 minutes')
                                                 when asks < 7 then interval '1 hour'
                                                 else interval '1 day' end,
                                    case when checkout_session_id is null
                                              and created_at + make_interval(secs => :proof) > now()
                                         then created_at + make_interval(secs => :proof) end)
                            where id in (select id from unknown union all select id from page)
                            returning id, checkout_session_id is not null as is_page, asks)
                        select id from claimed order by is_page, asks > 6, id
                        """)
                .bind("most", most)
                .bind("pages", pages)
                .bind("firstAsk", settings.firstAskSeconds())
                .bind("proof", (double) proof.toSeconds())
                .map(row -> Objects.requireNonNull(row.get("id", UUID.class)))
                .all();
    }

    /** Ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    public Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
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

        /** To a user, a start that is not paid, or a page on which nobody paid, is no subscription; by status it is there. */
        private boolean isOwn() {
            return own && status == null;
        }

        /** As {@link Subscription#shownStatus} has it. */
        private String ofStatus() {
            return status == null
                    ? "true"
                    : switch (status) {
                        case ACTIVE -> "status = :status and not (" + UNHEARD_OF + ")";
                        case INCOMPLETE -> "(status = :status or (" + UNHEARD_OF + "))";
                        default -> "status = :status";
                    };
        }
    }

    private static final String UNHEARD_OF = "status = 'active' and not earned and request <> '{}'";

    private static final String BEGUN = "status not in ('failed', 'incomplete', 'incomplete_expired')"
            + " and (checkout_session_id is null or status <> 'starting')"
            + " and not (status in ('active', 'canceled') and not earned and request <> '{}')";

    /** Newest first, after a position. */
    public Flux<Subscription> page(Search search, int limit) {
        SubscriptionStatus status = search.status();
        return new WhereClause()
                .and("user_id = :userId", "userId", search.userId())
                .and(search.isOwn() ? BEGUN : "true")
                .and(search.ofStatus(), "status", status == null ? null : status.text())
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

    /** Starts of the customer whose page may be open, or whose opening was never answered. */
    public Flux<UUID> onPages(String stripeCustomerId) {
        return database.sql("select id from subscriptions where stripe_customer_id = :customer and status = 'starting'"
                        + " and (checkout_session_id is not null or request ->> 'page' is not null) order by id")
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
