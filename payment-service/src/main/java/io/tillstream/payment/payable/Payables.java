package io.tillstream.payment.payable;

import io.r2dbc.spi.Readable;
import io.tillstream.events.Money;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is owed. A locked row is the right to change its payments, refunds and disputes; always taken first. */
@Repository
public class Payables {

    private static final String OPEN = """
            insert into payables (reference, user_id, amount, currency, status, ordered_at)
            values (:reference, :userId, :amount, :currency, 'open', :orderedAt)
            """;

    private static final String CREATE_CLOSED = """
            insert into payables (reference, status) values (:reference, 'closed')
            on conflict (reference) do nothing
            """;

    private static final String BECOME = """
            update payables set status = :status, settled_by = :settledBy, updated_at = now()
            where reference = :reference and status = 'open'
            """;

    /** No first payment of theirs is begun meanwhile; whoever has not heard of a deletion after a month never does. */
    private static final String DEPART = """
            with turn as materialized (
                select pg_advisory_xact_lock(hashtextextended('departed:' || :userId, 0))),
            former as (
                delete from departed_customers
                where until < cast(:until as timestamptz) - interval '30 days' and user_id <> :userId)
            insert into departed_customers (user_id, until) select :userId, cast(:until as timestamptz) from turn
            on conflict (user_id) do update set until = greatest(departed_customers.until, excluded.until)
            """;

    /**
     * In one order, as two deletions of one user would wait for each other. Not what was ordered since the wish: its owner does
     * not close it.
     */
    private static final String LEAVE = """
            with theirs as (
                select reference from payables
                where status = 'open' and left_at is null and user_id = :userId
                  and (ordered_at is null or ordered_at <= cast(:until as timestamptz))
                order by reference for update)
            update payables y set left_at = now(), updated_at = now() from theirs where y.reference = theirs.reference
            """;

    /** A release before closes without a look at what is held; a month after the last of its instances none is left. */
    private static final String CLOSED_WITH_MONEY = """
            select reference from payables y
            where status = 'closed' and left_at is not null and updated_at > now() - interval '30 days'
              and exists (select 1 from payments p
                          where p.reference = y.reference and p.status in ('succeeded', 'mismatched') and p.surplus is null)
            order by updated_at limit :most
            """;

    private static final String WITH_PAYMENT = """
            select p.*, y.reference as y_reference, y.user_id as y_user_id, y.amount as y_amount,
                y.currency as y_currency, y.status as y_status, y.settled_by as y_settled_by, y.left_at as y_left_at
            """;

    /**
     * Both rows, so that both are as they are when the lock is had: what another transaction wrote while this one waited is
     * in them.
     *
     * @see <a href="https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED">PostgreSQL: Read
     *     Committed</a>
     */
    private static final String LOCKED = """
            from payables y join payments p on p.reference = y.reference
            where %s
            for update of y for no key update of p
            """;

    private static final String LOCK_BY_PAYMENT = WITH_PAYMENT + LOCKED.formatted("p.id = :id");
    private static final String LOCK_BY_INTENT = WITH_PAYMENT + LOCKED.formatted("p.stripe_intent_id = :id");

    private static final String STANDING = WITH_PAYMENT + """
            , d.until as departed
            from (select 1) as asked
            left join departed_customers d on d.user_id = :userId
            left join payables y on y.reference = :reference
            left join payments p on p.reference = :reference or p.id = :id
            order by p.created_at, p.id
            """;

    private final DatabaseClient database;
    private final Writes writes;

    Payables(DatabaseClient database, Writes writes) {
        this.database = database;
        this.writes = writes;
    }

    /** A payable and one of its payments, both locked. */
    public record Locked(Payable payable, Payment payment) {}

    /**
     * What is there before an attempt begins: its payable, if it is known, and all attempts, maybe itself among them.
     *
     * @param departed when its payer last asked to be deleted
     */
    public record PayableWithPayments(
            @Nullable Payable payable,
            List<Payment> payments,
            @Nullable Instant departed) {}

    /** The payable of a payment and the payment as they are now; inside a transaction. */
    public Mono<Locked> lockWithPayment(UUID paymentId) {
        return locked(LOCK_BY_PAYMENT, paymentId);
    }

    public Mono<Locked> lockByIntent(String intentId) {
        return locked(LOCK_BY_INTENT, intentId);
    }

    private Mono<Locked> locked(String sql, Object id) {
        return database.sql(sql)
                .bind("id", id)
                .map(row -> new Locked(read(row, "y_"), Payments.read(row)))
                .one();
    }

    /** Without a lock: what decides is looked at once more under it. */
    public Mono<PayableWithPayments> standing(String reference, UUID paymentId, String userId) {
        return database.sql(STANDING)
                .bind("reference", reference)
                .bind("userId", userId)
                .bind("id", paymentId)
                .map(row -> new PayableWithPayments(
                        Column.text(row, "y_reference") == null ? null : read(row, "y_"),
                        row.get("id", UUID.class) == null ? List.of() : List.of(Payments.read(row)),
                        row.get("departed", Instant.class)))
                .all()
                .reduce((all, one) -> new PayableWithPayments(
                        all.payable(),
                        Stream.concat(all.payments().stream(), one.payments().stream())
                                .toList(),
                        all.departed()));
    }

    public Mono<Payable> find(String reference) {
        return select(reference, "");
    }

    public Mono<Payable> lock(String reference) {
        return select(reference, " for update");
    }

    /** Opens it if it is new, and locks it; see {@link #opening}. */
    public Mono<Payable> openAndLock(String reference, String userId, Money owed, @Nullable Instant orderedAt) {
        return writes.send(opened(OPEN + " on conflict (reference) do nothing", reference, userId, owed, orderedAt))
                .then(lock(reference));
    }

    /**
     * One that nobody knows yet, which is as good as its lock; a DuplicateKeyException where somebody does. Where its payer was
     * deleted since it was ordered it is another violation of integrity, see {@link #isDeparted}.
     */
    public Write opening(String reference, String userId, Money owed, @Nullable Instant orderedAt) {
        return opened(OPEN, reference, userId, owed, orderedAt);
    }

    /** Whether it was not opened because its payer was deleted meanwhile. */
    public static boolean isDeparted(Throwable fault) {
        return fault instanceof DataIntegrityViolationException
                && String.valueOf(fault.getMessage()).contains("customer has departed");
    }

    private static Write opened(String sql, String reference, String userId, Money owed, @Nullable Instant orderedAt) {
        return Write.of(sql)
                .bind("reference", reference)
                .bind("userId", userId)
                .bind("amount", owed.amount())
                .bind("currency", owed.currency())
                .bind("orderedAt", orderedAt, Instant.class);
    }

    /** A payable nobody opened is created closed, so that an attempt that comes late is refused. */
    public Mono<Payable> lockOrCreateClosed(String reference) {
        return database.sql(CREATE_CLOSED)
                .bind("reference", reference)
                .fetch()
                .rowsUpdated()
                .then(lock(reference));
    }

    public Write settle(Payable payable, UUID paymentId) {
        return become(payable, PayableStatus.SETTLED, paymentId);
    }

    public Mono<Void> close(Payable payable) {
        return Mono.defer(() -> writes.send(become(payable, PayableStatus.CLOSED, null)));
    }

    /**
     * Nobody is left to send anything to: no attempt begins from here on, of what was ordered until the wish none at all, and money
     * that comes by what is still open at Stripe waits for the close, as whoever ships may have counted it before they hear of this.
     * First in its transaction, as every lock of a payable.
     */
    public Mono<Long> leave(String userId, Instant wish) {
        return database.sql(DEPART)
                .bind("userId", userId)
                .bind("until", wish)
                .fetch()
                .rowsUpdated()
                .then(database.sql(LEAVE)
                        .bind("userId", userId)
                        .bind("until", wish)
                        .fetch()
                        .rowsUpdated());
    }

    /** Those that were left and are closed though money is held for them, of which nobody has said that it goes back; the oldest. */
    public Flux<String> closedWithMoney(int most) {
        return database.sql(CLOSED_WITH_MONEY)
                .bind("most", most)
                .map(row -> Column.get(row, "reference", String.class))
                .all();
    }

    private static Write become(Payable payable, PayableStatus next, @Nullable UUID settledBy) {
        if (!payable.status().canBecome(next)) {
            throw new IllegalStateException(payable.reference() + " cannot become " + next);
        }
        return Write.of(BECOME)
                .bind("reference", payable.reference())
                .bind("status", next.text())
                .bind("settledBy", settledBy, UUID.class);
    }

    private Mono<Payable> select(String reference, String lock) {
        return database.sql("select * from payables where reference = :reference" + lock)
                .bind("reference", reference)
                .map(row -> read(row, ""))
                .one();
    }

    private static Payable read(Readable row, String prefix) {
        Long amount = row.get(prefix + "amount", Long.class);
        String currency = Column.text(row, prefix + "currency");
        return new Payable(
                Column.get(row, prefix + "reference", String.class),
                Column.text(row, prefix + "user_id"),
                amount == null || currency == null ? null : new Money(amount, currency),
                PayableStatus.of(Column.get(row, prefix + "status", String.class)),
                row.get(prefix + "settled_by", UUID.class),
                row.get(prefix + "left_at", Instant.class) != null);
    }
}
