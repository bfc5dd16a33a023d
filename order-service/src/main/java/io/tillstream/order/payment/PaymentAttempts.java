package io.tillstream.order.payment;

import io.tillstream.sql.Write;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of tries to pay. */
@Repository
public class PaymentAttempts {

    /** What is due already was hinted at since the question of this answer: it stays due. */
    private static final String ANSWERED = """
            update order_payments
            set state = :state, payment_id = coalesce(:paymentId, payment_id),
                payment_intent = coalesce(:paymentIntent, payment_intent), failure_code = :failureCode,
                decline_code = :declineCode, failure_message = :failureMessage, retryable = :retryable,
                next_ask_at = case when :unknown then coalesce(next_ask_at, :next) when next_ask_at <= :now then next_ask_at end,
                updated_at = :now
            where id = :id
            """;

    private static final String CLAIM = """
            update order_payments
            set asks = asks + 1, updated_at = :now,
                next_ask_at = cast(:now as timestamptz)
                    + case when asks < 6 then least(make_interval(secs => cast(:firstAsk as float8)) * power(2, asks),
                                                    interval '5 minutes')
                           when asks = 6 then interval '1 hour' else interval '1 day' end
            where id in (select id from order_payments where next_ask_at <= :now
                         order by next_ask_at limit :limit for update skip locked)
            returning *
            """;

    /**
     * Where the order already says so, nothing: that is nearly always, and costs this one look. An attempt whose own request is
     * under way gets its answer by that.
     */
    private static final String ASK_SOON = """
            update order_payments set next_ask_at = :now, updated_at = :now, asks = least(asks, 1)
            where id = (
                select attempt.id from order_payments attempt join orders on orders.id = attempt.order_id
                where attempt.order_id = :orderId and attempt.state <> 'NOT_STARTED'
                  and (attempt.state <> 'ASKED' or attempt.asks > 0)
                  and (orders.status in ('AWAITING_PAYMENT', 'PAYMENT_PROCESSING', 'ACTION_REQUIRED')
                       or :succeeded and orders.status = 'PAYMENT_FAILED')
                order by attempt.created_at desc limit 1)
            """;

    /**
     * Whatever the order's state: its money goes back, or may, by an object that it has not seen in one of these states. An
     * inquiry may have become a dispute.
     */
    private static final String ASK_SOON_OF_OBJECT = """
            update order_payments set next_ask_at = :now, updated_at = :now, asks = least(asks, 1)
            where id = (
                select attempt.id from order_payments attempt
                where attempt.order_id = :orderId and attempt.state <> 'NOT_STARTED'
                  and (attempt.state <> 'ASKED' or attempt.asks > 0)
                  and not exists (select 1 from order_facts
                                  where object_id = :objectId
                                    and (fact->>'status' = any(:statuses) or :anyStatus and fact->>'status' not like 'warning_%'))
                order by attempt.created_at desc limit 1)
            """;

    /**
     * What rests though something is to be heard of it: it is unanswered, or was hinted at not long ago. What a bank is at for hours
     * rests on. An ask without an answer does not count: after an outage of many the rests would be of hours.
     */
    private static final String MAKE_DUE = """
            update order_payments set next_ask_at = :now, asks = greatest(asks - 1, 1)
            where id in (
                select id from order_payments
                where next_ask_at > :now and asks > 0 and (state = 'ASKED' or asks < 7)
                order by next_ask_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    /** A try whose end is known, and that was asked about all the same; what was hinted at meanwhile stays due. */
    private static final String ASKED = """
            update order_payments set next_ask_at = null
            where id = :id and next_ask_at = :claimedUntil and state not in ('ASKED', 'PROCESSING')
            """;

    private static final String BEGIN = """
            insert into order_payments (id, order_id, method, state, next_ask_at, created_at, updated_at)
            values (:id, :orderId, :method, 'ASKED', :next, :now, :now)
            on conflict (id) do update set state = 'ASKED', asks = 0, next_ask_at = excluded.next_ask_at,
                created_at = excluded.created_at, updated_at = excluded.updated_at
            where order_payments.order_id = excluded.order_id and order_payments.state = 'NOT_STARTED'
            """;

    private static final String ROOM = """
            select (select state from order_payments where id = :id and order_id = :orderId) as state,
                (select created_at from order_payments
                 where order_id = :orderId and state <> 'NOT_STARTED' and created_at > :since
                 order by created_at desc
                 offset :most limit 1) as oldest,
                (select created_at from order_payments
                 where order_id = :orderId and state = 'NOT_STARTED' and created_at > :since
                 order by created_at desc
                 offset :mostRefused limit 1) as oldest_refused
            """;

    /** More than an honest client has refused in a day, though it takes a new key each time; each is a row for ever. */
    private static final int MOST_REFUSED = 100;

    private final DatabaseClient database;
    private final Clock clock;
    private final SweepSettings settings;
    private final PaymentAttemptSettings tries;

    PaymentAttempts(DatabaseClient database, Clock clock, SweepSettings settings, PaymentAttemptSettings tries) {
        this.database = database;
        this.clock = clock;
        this.settings = settings;
        this.tries = tries;
    }

    /**
     * A new try, or one that never began and is sent again, which begins now; it is asked about by itself if no answer gets
     * stored.
     */
    public Write begin(UUID id, UUID orderId, String method) {
        return Write.of(BEGIN)
                .bind("id", id)
                .bind("orderId", orderId)
                .bind("method", method)
                .bind("next", clock.instant().plus(settings.firstAsk()))
                .bind("now", clock.instant());
    }

    /** What payment-service answered; {@code unknown}: the try is asked about again. */
    public Write answered(UUID id, PaymentAttempt.State state, boolean unknown, @Nullable PaymentResponse answer) {
        var failure = answer == null ? null : answer.failure();
        return Write.of(ANSWERED)
                .bind("state", state.name())
                .bind("paymentId", answer == null ? null : answer.id(), String.class)
                .bind("paymentIntent", answer == null ? null : answer.stripePaymentIntentId(), String.class)
                .bind("failureCode", failure == null ? null : failure.code(), String.class)
                .bind("declineCode", failure == null ? null : failure.declineCode(), String.class)
                .bind("failureMessage", failure == null ? null : failure.message(), String.class)
                .bind("retryable", failure == null ? null : failure.retryable(), Boolean.class)
                .bind("unknown", unknown)
                .bind("next", clock.instant().plus(settings.firstAsk()))
                .bind("now", clock.instant())
                .bind("id", id);
    }

    /** An event named the try's intent: its state is told by facts from now on. */
    public Write hasIntent(UUID id, String paymentIntent) {
        return Write.of(
                        "update order_payments set payment_intent = :paymentIntent where id = :id and payment_intent is null")
                .bind("paymentIntent", paymentIntent)
                .bind("id", id);
    }

    /**
     * Whether a try may begin.
     *
     * @param began whether it began before, so that it is asked for once more only
     * @param notBefore when one more is allowed, where there were too many; null for now
     */
    public record Room(boolean began, @Nullable Instant notBefore) {}

    /**
     * Tries that payment-service refused before anything was done take no place of those that began; but one that is sent again
     * takes one, and there are not endlessly many of them.
     */
    public Mono<Room> room(UUID id, UUID orderId) {
        return database.sql(ROOM)
                .bind("id", id)
                .bind("orderId", orderId)
                .bind("since", clock.instant().minus(tries.within()))
                .bind("most", tries.most() - 1)
                .bind("mostRefused", MOST_REFUSED - 1)
                .map(row -> {
                    String state = row.get("state", String.class);
                    Instant oldest = row.get("oldest", Instant.class);
                    Instant first = oldest != null || state != null ? oldest : row.get("oldest_refused", Instant.class);
                    boolean began =
                            state != null && PaymentAttempt.State.valueOf(state) != PaymentAttempt.State.NOT_STARTED;
                    return new Room(began, first == null ? null : first.plus(tries.within()));
                })
                .one();
    }

    /**
     * One that was taken to be asked about.
     *
     * @param claimedUntil when it is due again, unless something is hinted at before
     */
    public record Due(PaymentAttempt attempt, Instant claimedUntil) {}

    /** Takes tries that are due to be asked about, first those of which nothing is known; another instance gets others. */
    public Flux<Due> claimDue(int limit) {
        return Flux.defer(() -> database.sql(CLAIM)
                .bind("now", clock.instant())
                .bind("limit", limit)
                .bind("firstAsk", settings.firstAsk().toMillis() / 1000.0)
                .map(row -> new Due(read(row), Objects.requireNonNull(row.get("next_ask_at", Instant.class))))
                .all());
    }

    /** Ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    public Mono<Long> makeDue() {
        return database.sql(MAKE_DUE)
                .bind("now", clock.instant())
                .bind("most", DUE_AT_ONCE)
                .fetch()
                .rowsUpdated();
    }

    /** payment-service says that a payment of the order ended: it is asked about at once, unless the order knows. */
    public Mono<Void> askSoon(UUID orderId, boolean succeeded) {
        return database.sql(ASK_SOON)
                .bind("orderId", orderId)
                .bind("succeeded", succeeded)
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /**
     * payment-service says that a refund or dispute is in a state: it is asked about at once, unless the order knows.
     *
     * @param objectId Stripe's id
     * @param statuses in any of these it says nothing new; none: in whatever state it is known, unless it is an inquiry
     */
    public Mono<Void> askSoon(UUID orderId, String objectId, Set<String> statuses) {
        return database.sql(ASK_SOON_OF_OBJECT)
                .bind("orderId", orderId)
                .bind("objectId", objectId)
                .bind("statuses", statuses.toArray(String[]::new))
                .bind("anyStatus", statuses.isEmpty())
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** The order's payments were asked about: what ended is not asked about again, unless a hint came since the claim. */
    public Mono<Void> asked(Due due) {
        return database.sql(ASKED)
                .bind("id", due.attempt().id())
                .bind("claimedUntil", due.claimedUntil())
                .fetch()
                .rowsUpdated()
                .then();
    }

    public Flux<PaymentAttempt> of(UUID orderId) {
        return database.sql("select * from order_payments where order_id = :orderId order by created_at desc limit 100")
                .bind("orderId", orderId)
                .map(PaymentAttempts::read)
                .all();
    }

    private static PaymentAttempt read(io.r2dbc.spi.Readable row) {
        return new PaymentAttempt(
                Objects.requireNonNull(row.get("id", UUID.class)),
                Objects.requireNonNull(row.get("order_id", UUID.class)),
                Objects.requireNonNull(row.get("method", String.class)),
                PaymentAttempt.State.valueOf(Objects.requireNonNull(row.get("state", String.class))),
                row.get("payment_id", String.class),
                row.get("payment_intent", String.class),
                row.get("failure_code", String.class),
                row.get("decline_code", String.class),
                row.get("failure_message", String.class),
                row.get("retryable", Boolean.class),
                Objects.requireNonNull(row.get("asks", Integer.class)));
    }
}
