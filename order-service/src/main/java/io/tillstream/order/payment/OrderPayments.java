package io.tillstream.order.payment;

import io.tillstream.order.sql.Column;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of tries to pay. */
@Repository
public class OrderPayments {

    private static final String ANSWERED = """
            update order_payments
            set state = :state, payment_id = coalesce(:paymentId, payment_id),
                payment_intent = coalesce(:paymentIntent, payment_intent), failure_code = :failureCode,
                decline_code = :declineCode, failure_message = :failureMessage, retryable = :retryable,
                next_ask_at = case when :unknown then coalesce(next_ask_at, :next) end, updated_at = :now
            where id = :id
            """;

    private static final String CLAIM = """
            update order_payments
            set asks = asks + 1, updated_at = :now,
                next_ask_at = cast(:now as timestamptz)
                    + case when asks = 0 then interval '1 minute' when asks < 6 then interval '5 minutes'
                           when asks = 6 then interval '1 hour' else interval '1 day' end
            where id in (select id from order_payments where next_ask_at <= :now
                         order by next_ask_at limit :limit for update skip locked)
            returning *
            """;

    private final DatabaseClient database;
    private final Clock clock;
    private final SweepSettings settings;
    private final TrySettings tries;

    OrderPayments(DatabaseClient database, Clock clock, SweepSettings settings, TrySettings tries) {
        this.database = database;
        this.clock = clock;
        this.settings = settings;
        this.tries = tries;
    }

    /** Whether the try is new; it is asked about by itself if no answer gets stored. */
    public Mono<Boolean> begin(UUID id, UUID orderId, String method) {
        return database.sql("""
                        insert into order_payments (id, order_id, method, state, next_ask_at, created_at, updated_at)
                        values (:id, :orderId, :method, 'ASKED', :next, :now, :now)
                        on conflict (id) do nothing
                        """)
                .bind("id", id)
                .bind("orderId", orderId)
                .bind("method", method)
                .bind("next", clock.instant().plus(settings.firstAsk()))
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    public Mono<Boolean> exists(UUID id, UUID orderId) {
        return database.sql("select count(*) as n from order_payments where id = :id and order_id = :orderId")
                .bind("id", id)
                .bind("orderId", orderId)
                .map(row -> Objects.requireNonNull(row.get("n", Long.class)) > 0)
                .one();
    }

    /** Stores what payment-service answered; {@code unknown}: the try is asked about again. */
    public Mono<Void> answered(UUID id, OrderPayment.State state, boolean unknown, @Nullable PaymentAnswer answer) {
        var failure = answer == null ? null : answer.failure();
        return database.sql(ANSWERED)
                .bind("state", state.name())
                .bind("paymentId", Column.of(answer == null ? null : answer.id(), String.class))
                .bind("paymentIntent", Column.of(answer == null ? null : answer.stripePaymentIntentId(), String.class))
                .bind("failureCode", Column.of(failure == null ? null : failure.code(), String.class))
                .bind("declineCode", Column.of(failure == null ? null : failure.declineCode(), String.class))
                .bind("failureMessage", Column.of(failure == null ? null : failure.message(), String.class))
                .bind("retryable", Column.of(failure == null ? null : failure.retryable(), Boolean.class))
                .bind("unknown", unknown)
                .bind("next", clock.instant().plus(settings.firstAsk()))
                .bind("now", clock.instant())
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** An event named the try's intent: its state is told by facts from now on. */
    public Mono<Void> hasIntent(UUID orderId, String attemptOrPaymentId, String paymentIntent) {
        return database.sql("""
                        update order_payments set payment_intent = :paymentIntent
                        where order_id = :orderId and payment_intent is null
                          and (id::text = :attempt or payment_id = :attempt)
                        """)
                .bind("paymentIntent", paymentIntent)
                .bind("orderId", orderId)
                .bind("attempt", attemptOrPaymentId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** When one more try is allowed; empty for now. Tries that payment-service refused before anything was done count not. */
    public Mono<Instant> nextAllowed(UUID orderId) {
        return database.sql("""
            select created_at from order_payments
            where order_id = :orderId and state <> 'NOT_STARTED' and created_at > :since
            order by created_at desc
            offset :most limit 1
            """)
                .bind("orderId", orderId)
                .bind("since", clock.instant().minus(tries.within()))
                .bind("most", tries.most() - 1)
                .map(row -> Objects.requireNonNull(row.get("created_at", Instant.class))
                        .plus(tries.within()))
                .one();
    }

    /** Whether payment-service may be working on a try at this moment. */
    public Mono<Boolean> isAsking(UUID orderId) {
        return count("state = 'ASKED'", orderId);
    }

    /** Takes tries that are due to be asked about, first those of which nothing is known; another instance gets others. */
    public Flux<OrderPayment> claimDue(int limit) {
        return database.sql(CLAIM)
                .bind("now", clock.instant())
                .bind("limit", limit)
                .map(OrderPayments::read)
                .all();
    }

    public Flux<OrderPayment> of(UUID orderId) {
        return database.sql("select * from order_payments where order_id = :orderId order by created_at desc limit 100")
                .bind("orderId", orderId)
                .map(OrderPayments::read)
                .all();
    }

    private Mono<Boolean> count(String which, UUID orderId) {
        return database.sql("select count(*) as n from order_payments where order_id = :orderId and " + which)
                .bind("orderId", orderId)
                .map(row -> Objects.requireNonNull(row.get("n", Long.class)) > 0)
                .one();
    }

    private static OrderPayment read(io.r2dbc.spi.Readable row) {
        return new OrderPayment(
                Objects.requireNonNull(row.get("id", UUID.class)),
                Objects.requireNonNull(row.get("order_id", UUID.class)),
                Objects.requireNonNull(row.get("method", String.class)),
                OrderPayment.State.valueOf(Objects.requireNonNull(row.get("state", String.class))),
                row.get("payment_id", String.class),
                row.get("payment_intent", String.class),
                row.get("failure_code", String.class),
                row.get("decline_code", String.class),
                row.get("failure_message", String.class),
                row.get("retryable", Boolean.class),
                Objects.requireNonNull(row.get("asks", Integer.class)));
    }
}
