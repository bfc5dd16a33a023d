package io.tillstream.payment.payable;

import io.r2dbc.spi.Readable;
import io.tillstream.events.Money;
import io.tillstream.payment.payable.Payment.Known;
import io.tillstream.sql.WhereClause;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.web.Paging;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The attempts. They change only while their payable is locked. */
@Repository
public class Payments {

    private static final String INSERT = """
            insert into payments (id, reference, user_id, method, status, active, amount, currency, terms,
                stripe_customer_id, stripe_payment_method_id, next_ask_at)
            values (:id, :reference, :userId, :method, :status, :active, :amount, :currency, cast(:terms as jsonb),
                :customerId, :paymentMethodId, now() + make_interval(secs => :firstAsk))
            """;

    private static final String UPDATE = """
            update payments
            set status = :status, active = :active,
                terms = case when :status in ('initiated', 'unknown') then terms else terms - 'shipping' end,
                stripe_intent_id = :intentId, stripe_session_id = :sessionId,
                intent = cast(:intent as jsonb), session = cast(:session as jsonb), failure = cast(:failure as jsonb),
                surplus = :surplus, receipt_url = :receiptUrl, version = :version, updated_at = now(),
                asks = case when status = :status then asks else 0 end,
                next_ask_at = case
                    when :askAfter::float8 is null then null
                    when status = :status and next_ask_at is not null then next_ask_at
                    else now() + make_interval(secs => :askAfter::float8) end
            where id = :id
            """;

    private static final String TAKE_BACK = """
            with gone as (
                select id from payments where id = :id and status = 'initiated' and version = 0 and asks = 0),
            forgotten as (
                delete from payment_history where payment_id in (select id from gone))
            delete from payments where id in (select id from gone)
            """;

    private static final Duration ABANDONED = Duration.ofHours(1); // a buyer who left the page; events tell the rest

    private final DatabaseClient database;
    private final Writes writes;
    private final PaymentSettings settings;

    Payments(DatabaseClient database, Writes writes, PaymentSettings settings) {
        this.database = database;
        this.writes = writes;
        this.settings = settings;
    }

    public Mono<Payment> find(UUID id) {
        return database.sql("select * from payments where id = :id")
                .bind("id", id)
                .map(Payments::read)
                .one();
    }

    public Mono<Payment> findByIntent(String intentId) {
        return database.sql("select * from payments where stripe_intent_id = :id")
                .bind("id", intentId)
                .map(Payments::read)
                .one();
    }

    public Mono<Payment> findBySession(String sessionId) {
        return database.sql("select * from payments where stripe_session_id = :id")
                .bind("id", sessionId)
                .map(Payments::read)
                .one();
    }

    /** All attempts for a reference, the oldest first. */
    public Flux<Payment> of(String reference) {
        return database.sql("select * from payments where reference = :reference order by created_at, id")
                .bind("reference", reference)
                .map(Payments::read)
                .all();
    }

    /** A user's own, the newest first; with a reference those for it alone. */
    public Flux<Payment> page(String userId, @Nullable String reference, Paging paging) {
        var after = paging.after();
        return new WhereClause()
                .and("user_id = :userId", "userId", userId)
                .and("reference = :reference", "reference", reference)
                .and(
                        "(created_at, id) < (:before, cast(:beforeId as uuid))",
                        "before",
                        after == null ? null : after.createdAt(),
                        "beforeId",
                        after == null ? null : after.id())
                .in(database, "select * from payments", "order by created_at desc, id desc limit :rows")
                .bind("rows", paging.rowsToRead())
                .map(Payments::read)
                .all();
    }

    public Mono<Void> insert(Payment payment) {
        return writes.send(inserting(payment));
    }

    /** A second active attempt for the same payable is a DuplicateKeyException. */
    public Write inserting(Payment payment) {
        return Write.of(INSERT)
                .bind("id", payment.id())
                .bind("reference", payment.reference())
                .bind("userId", payment.userId())
                .bind("method", payment.method().text())
                .bind("status", payment.status().text())
                .bind("active", payment.active())
                .bind("amount", payment.money().amount())
                .bind("currency", payment.money().currency())
                .bind("terms", StoredJson.write(payment.terms()))
                .bind("customerId", payment.stripeCustomerId())
                .bind("paymentMethodId", payment.paymentMethodId(), String.class)
                .bind("firstAsk", seconds(settings.firstAsk()));
    }

    /** Once Stripe's answer is known it is not asked for it again, and where the goods go is forgotten. */
    public Write update(Payment payment) {
        return Write.of(UPDATE)
                .bind("id", payment.id())
                .bind("status", payment.status().text())
                .bind("active", payment.active())
                .bind("intentId", payment.intentId(), String.class)
                .bind("sessionId", payment.sessionId(), String.class)
                .bind("intent", json(payment.known().intent()), String.class)
                .bind("session", json(payment.known().session()), String.class)
                .bind("failure", json(payment.failure()), String.class)
                .bind("surplus", text(payment.surplus()), String.class)
                .bind("receiptUrl", payment.known().receiptUrl(), String.class)
                .bind("version", payment.version())
                .bind("askAfter", askAfter(payment.status()), Double.class);
    }

    /** The payment with the card that was made from its token, before it is charged. */
    public Mono<Payment> keepPaymentMethod(UUID id, String paymentMethodId) {
        return database.sql("update payments set stripe_payment_method_id = :pm where id = :id returning *")
                .bind("id", id)
                .bind("pm", paymentMethodId)
                .map(Payments::read)
                .one();
    }

    /** Its customer was gone at Stripe, which took nothing: from now on it is asked for with another, unless it is already. */
    public Mono<Payment> changeCustomer(Payment payment, String customerId) {
        return database.sql("""
                        update payments set stripe_customer_id = :customerId, terms = cast(:terms as jsonb), updated_at = now()
                        where id = :id and stripe_customer_id = :gone
                        """)
                .bind("id", payment.id())
                .bind("customerId", customerId)
                .bind("terms", StoredJson.write(payment.terms().with(customerId)))
                .bind("gone", payment.stripeCustomerId())
                .fetch()
                .rowsUpdated()
                .then(find(payment.id()));
    }

    /**
     * Notes that someone else asks Stripe for it too, so that it can no longer be taken back; false if it was, or if it is known
     * by now what came of it.
     */
    public Mono<Boolean> share(UUID id) {
        return database.sql("update payments set asks = asks + 1 where id = :id and status in ('initiated', 'unknown')")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /** Whether someone else asks Stripe for it too. */
    public Mono<Boolean> isShared(UUID id) {
        return database.sql("select asks > 0 as shared from payments where id = :id")
                .bind("id", id)
                .map(row -> Column.get(row, "shared", Boolean.class))
                .one();
    }

    /** Takes back an attempt about which Stripe was never asked; false if someone else asks for it by now. */
    public Mono<Boolean> takeBack(UUID id) {
        return database.sql(TAKE_BACK).bind("id", id).fetch().rowsUpdated().map(rows -> rows > 0);
    }

    /** Which try at Stripe is the present one. */
    public Mono<Integer> stripeAttempt(UUID id) {
        return database.sql("select stripe_attempt from payments where id = :id")
                .bind("id", id)
                .map(row -> Column.get(row, "stripe_attempt", Integer.class))
                .one();
    }

    /** After a look at Stripe showed that try {@code known} did nothing; false if another did that before. */
    public Mono<Boolean> nextStripeAttempt(UUID id, int known) {
        return database.sql(
                        "update payments set stripe_attempt = stripe_attempt + 1 where id = :id and stripe_attempt ="
                                + " :known")
                .bind("id", id)
                .bind("known", known)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    private @Nullable Double askAfter(PaymentStatus status) {
        return switch (status) {
            case INITIATED, UNKNOWN, PROCESSING -> seconds(settings.firstAsk());
            case ACTION_REQUIRED -> seconds(ABANDONED);
            case SUCCEEDED, FAILED, CANCELED, MISMATCHED -> null;
        };
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    private static @Nullable String json(@Nullable Object value) {
        return value == null ? null : StoredJson.write(value);
    }

    private static @Nullable String text(Payment.@Nullable Surplus surplus) {
        return surplus == null ? null : surplus.name().toLowerCase(Locale.ROOT);
    }

    static Payment read(Readable row) {
        String surplus = Column.text(row, "surplus");
        return new Payment(
                Column.get(row, "id", UUID.class),
                Column.get(row, "reference", String.class),
                Column.get(row, "user_id", String.class),
                Method.of(Column.get(row, "method", String.class)),
                PaymentStatus.of(Column.get(row, "status", String.class)),
                Column.get(row, "active", Boolean.class),
                new Money(Column.get(row, "amount", Long.class), Column.get(row, "currency", String.class)),
                StoredJson.readPresent(Column.text(row, "terms"), PaymentOptions.class),
                Column.get(row, "stripe_customer_id", String.class),
                Column.text(row, "stripe_payment_method_id"),
                new Known(
                        StoredJson.read(Column.text(row, "intent"), PaymentIntentState.class),
                        StoredJson.read(Column.text(row, "session"), CheckoutSessionState.class),
                        Column.text(row, "receipt_url")),
                StoredJson.read(Column.text(row, "failure"), Failure.class),
                surplus == null ? null : Payment.Surplus.valueOf(surplus.toUpperCase(Locale.ROOT)),
                Column.get(row, "version", Integer.class),
                instant(row, "created_at"));
    }

    private static Instant instant(Readable row, String column) {
        return Column.get(row, column, OffsetDateTime.class).toInstant();
    }
}
