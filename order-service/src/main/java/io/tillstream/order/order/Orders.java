package io.tillstream.order.order;

import io.r2dbc.spi.Readable;
import io.tillstream.events.DomainEvent;
import io.tillstream.events.OrderEvent;
import io.tillstream.sql.WhereClause;
import io.tillstream.sql.Write;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table of orders. */
@Repository
public class Orders {

    private static final String COLUMNS = """
            select id, user_id, status, version, amount, currency, lines::text as lines,
                   shipping_address::text as shipping_address, cancel_requested_at, customer_departed,
                   expired, canceled_at, payment_intent,
                   amount_paid, paid_currency, amount_refunded, created_at, updated_at
            from orders
            """;

    private static final String INSERT = """
            insert into orders (id, user_id, status, version, amount, currency, lines, shipping_address, created_at, updated_at)
            values (:id, :userId, :status, :version, :amount, :currency, cast(:lines as jsonb),
                    cast(:shippingAddress as jsonb), :now, :now)
            """;

    /**
     * Where the close of a deleted customer's order was left to a person, and it moves on, payment-service is told once more: it
     * holds what came.
     */
    private static final String MOVE = """
            update orders
            set cancel_requested_at = case
                    when customer_departed and status in ('MISMATCH', 'REFUNDED') and status <> :status then :now
                    else cancel_requested_at end,
                status = :status, version = :version, canceled_at = :canceledAt, payment_intent = :paymentIntent,
                amount_paid = :amountPaid, paid_currency = :paidCurrency, amount_refunded = :amountRefunded,
                updated_at = :now
            where id = :id and version = :known
            """;

    /** No order of theirs is being stored meanwhile; a request does not live as long as a row of this. */
    private static final String DEPART = """
            with turn as materialized (
                select pg_advisory_xact_lock(hashtextextended('departed:' || :userId, 0))),
            former as (delete from departed_customers where until < cast(:until as timestamptz) - interval '1 day')
            insert into departed_customers (user_id, until) select :userId, cast(:until as timestamptz) from turn
            on conflict (user_id) do update set until = greatest(departed_customers.until, excluded.until)
            """;

    /**
     * Nobody is left to ship to: whatever can still be paid is closed, and its cancel is not taken back. What was paid stays paid:
     * payment-service is told so, as it holds what it heard of after the wish. It hears of money days after this service at most. A
     * wrong amount stays with whoever sees to it, and is told of the deletion for the money that may come yet.
     */
    private static final String CLOSE_ALL = """
            update orders set cancel_requested_at = coalesce(cancel_requested_at, :now), customer_departed = true,
                cancel_tried_at = null, cancel_attempts = 0
            where user_id = :userId and created_at <= :until and canceled_at is null and not customer_departed
              and (status in ('AWAITING_PAYMENT', 'PAYMENT_PROCESSING', 'ACTION_REQUIRED', 'PAYMENT_FAILED', 'MISMATCH')
                or status in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'DISPUTE_LOST')
                  and updated_at > cast(:until as timestamptz) - interval '7 days')
            """;

    private static final String FORGET_WHERE =
            """
            with forgotten as (
                update orders set shipping_address = null
                where user_id = :userId and created_at <= :until and shipping_address is not null
                returning id),
            told as (
                update outbox set payload = (payload::jsonb - 'shippingAddress')::text
                where aggregate_id in (select id::text from forgotten) and type = '%s')
            select count(*) as n from forgotten
            """.formatted(DomainEvent.type(OrderEvent.Placed.class)); // a word of ours, in full for the index

    private final DatabaseClient database;
    private final Clock clock;
    private final JsonMapper json = JsonMapper.builder().build();

    Orders(DatabaseClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A new order; one that is there already is a DuplicateKeyException, one of somebody who was deleted since it began
     * another violation of integrity, see {@link #isDeparted}.
     */
    public Write insert(Order order) {
        ShippingAddress address = order.shippingAddress();
        return Write.of(INSERT)
                .bind("id", order.id())
                .bind("userId", order.userId())
                .bind("status", order.status().name())
                .bind("version", order.version())
                .bind("amount", order.amount())
                .bind("currency", order.currency())
                .bind("lines", json.writeValueAsString(order.lines()))
                .bind("shippingAddress", address == null ? null : json.writeValueAsString(address), String.class)
                .bind("now", order.createdAt());
    }

    /** Whether it was not stored because its customer was deleted meanwhile. */
    public static boolean isDeparted(Throwable fault) {
        return fault instanceof DataIntegrityViolationException
                && String.valueOf(fault.getMessage()).contains("customer has departed");
    }

    public Mono<Order> find(UUID id) {
        return one(database.sql(COLUMNS + "where id = :id").bind("id", id));
    }

    /** Only its owner finds it. */
    public Mono<Order> find(UUID id, String userId) {
        return one(database.sql(COLUMNS + "where id = :id and user_id = :userId")
                .bind("id", id)
                .bind("userId", userId));
    }

    /** Inside a transaction: nobody else moves it until the end. */
    public Mono<Order> lock(UUID id) {
        return one(database.sql(COLUMNS + "where id = :id for update").bind("id", id));
    }

    /** As {@link #lock}, the order to which any of these objects at Stripe belongs. */
    public Mono<Order> lockOf(List<String> stripeIds) {
        return one(database.sql(COLUMNS + """
                        where id = (select order_id from stripe_objects where object_id = any(:ids) limit 1) for update
                        """).bind("ids", stripeIds.toArray(String[]::new)));
    }

    /** Newest first, after a position. */
    public Flux<Order> newest(Search search, int limit) {
        OrderStatus status = search.status();
        return new WhereClause()
                .and("user_id = :userId", "userId", search.userId())
                .and("status = :status", "status", status == null ? null : status.name())
                .and("payment_intent = :paymentIntent", "paymentIntent", search.paymentIntent())
                .and(
                        "(created_at, id) < (:createdAt, :id)",
                        "createdAt",
                        search.createdBefore(),
                        "id",
                        search.idBefore())
                .in(database, COLUMNS, "order by created_at desc, id desc limit :limit")
                .bind("limit", limit)
                .map(this::read)
                .all();
    }

    /** What is looked for; null: no matter. */
    public record Search(
            @Nullable String userId,
            @Nullable OrderStatus status,
            @Nullable String paymentIntent,
            @Nullable Instant createdBefore,
            @Nullable UUID idBefore) {}

    /** Those of {@code ids} that are there, for waits of many at once. */
    public Flux<Order> all(Collection<UUID> ids) {
        return database.sql(COLUMNS + "where id = any(:ids)")
                .bind("ids", ids.toArray(UUID[]::new))
                .map(this::read)
                .all();
    }

    /** A moved order whose row is locked. */
    public Write update(Order known, Order moved) {
        return Write.of(MOVE)
                .bind("status", moved.status().name())
                .bind("version", moved.version())
                .bind("canceledAt", moved.canceledAt(), Instant.class)
                .bind("paymentIntent", moved.paymentIntent(), String.class)
                .bind("amountPaid", moved.amountPaid())
                .bind("paidCurrency", moved.paidCurrency(), String.class)
                .bind("amountRefunded", moved.amountRefunded())
                .bind("now", moved.updatedAt())
                .bind("id", moved.id())
                .bind("known", known.version())
                .expecting(1, "Order " + moved.id() + " moved without its lock");
    }

    /** From here on no new payment starts; nothing if that is so already. */
    public Write requestCancel(UUID id) {
        return Write.of("""
                        update orders set cancel_requested_at = :now, expired = false, cancel_tried_at = null,
                            cancel_attempts = 0
                        where id = :id and cancel_requested_at is null
                        """).bind("now", clock.instant()).bind("id", id);
    }

    /** It was paid: that is what it is, and payment-service knows. */
    public Write withdrawCancel(UUID id) {
        return Write.of("update orders set cancel_requested_at = null where id = :id and canceled_at is null")
                .bind("id", id);
    }

    /**
     * A payment is under way and decides; unless the customer was deleted: then the close is asked for until it ends, or a person
     * has the order. To payment-service a wrong amount is under way for ever, also once it went back.
     */
    public Write postponeCancel(UUID id) {
        return Write.of("""
                        update orders set cancel_requested_at = null
                        where id = :id and canceled_at is null
                          and (not customer_departed or status = 'MISMATCH'
                            or status = 'REFUNDED' and (amount_paid, paid_currency) is distinct from (amount, currency))
                        """).bind("id", id);
    }

    /**
     * Who and where of all that a user ordered until a moment, here and in what was or will be told of it. Lines, amounts and
     * ids stay: they say nothing of the person, and the books need them. Those that are not paid yet are to be canceled.
     * Gives the number of orders that lost an address.
     */
    public Mono<Long> forgetWhere(String userId, Instant until) {
        Mono<Long> departed = database.sql(DEPART)
                .bind("userId", userId)
                .bind("until", until)
                .fetch()
                .rowsUpdated();
        Mono<Long> canceling = database.sql(CLOSE_ALL)
                .bind("userId", userId)
                .bind("until", until)
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated();
        return departed.then(canceling).then(forgotten(userId, until));
    }

    private Mono<Long> forgotten(String userId, Instant until) {
        return database.sql(FORGET_WHERE)
                .bind("userId", userId)
                .bind("until", until)
                .map(row -> Objects.requireNonNull(row.get("n", Long.class)))
                .one();
    }

    private Mono<Order> one(DatabaseClient.GenericExecuteSpec query) {
        return query.map(this::read).one();
    }

    private Order read(Readable row) {
        String address = row.get("shipping_address", String.class);
        return new Order(
                get(row, "id", UUID.class),
                get(row, "user_id", String.class),
                OrderStatus.valueOf(get(row, "status", String.class)),
                get(row, "version", Integer.class),
                get(row, "amount", Long.class),
                get(row, "currency", String.class),
                json.readValue(get(row, "lines", String.class), new TypeReference<List<OrderLine>>() {}),
                address == null ? null : json.readValue(address, ShippingAddress.class),
                row.get("cancel_requested_at", Instant.class),
                cancelReason(row),
                row.get("canceled_at", Instant.class),
                row.get("payment_intent", String.class),
                get(row, "amount_paid", Long.class),
                row.get("paid_currency", String.class),
                get(row, "amount_refunded", Long.class),
                get(row, "created_at", Instant.class),
                get(row, "updated_at", Instant.class));
    }

    private static @Nullable CancelReason cancelReason(Readable row) {
        if (get(row, "customer_departed", Boolean.class)) {
            return CancelReason.CUSTOMER_DELETED;
        }
        return get(row, "expired", Boolean.class) ? CancelReason.EXPIRED : null;
    }

    private static <T> T get(Readable row, String column, Class<T> type) {
        return Objects.requireNonNull(row.get(column, type), column);
    }
}
