package io.tillstream.payment.payable;

import io.r2dbc.spi.Readable;
import io.tillstream.events.Money;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** What is owed. A locked row is the right to change its payments, refunds and disputes; always taken first. */
@Repository
public class Payables {

    private static final String OPEN = """
            insert into payables (reference, user_id, amount, currency, status)
            values (:reference, :userId, :amount, :currency, 'open')
            on conflict (reference) do nothing
            """;

    private static final String CREATE_CLOSED = """
            insert into payables (reference, status) values (:reference, 'closed')
            on conflict (reference) do nothing
            """;

    private static final String BECOME = """
            update payables set status = :status, settled_by = :settledBy, updated_at = now()
            where reference = :reference and status = 'open'
            """;

    private final DatabaseClient database;

    Payables(DatabaseClient database) {
        this.database = database;
    }

    public Mono<Payable> find(String reference) {
        return select(reference, "");
    }

    public Mono<Payable> lock(String reference) {
        return select(reference, " for update");
    }

    /** Opens it if it is new, and locks it. */
    public Mono<Payable> openAndLock(String reference, String userId, Money owed) {
        return database.sql(OPEN)
                .bind("reference", reference)
                .bind("userId", userId)
                .bind("amount", owed.amount())
                .bind("currency", owed.currency())
                .fetch()
                .rowsUpdated()
                .then(lock(reference));
    }

    /** A payable nobody opened is created closed, so that an attempt that comes late is refused. */
    public Mono<Payable> lockOrCreateClosed(String reference) {
        return database.sql(CREATE_CLOSED)
                .bind("reference", reference)
                .fetch()
                .rowsUpdated()
                .then(lock(reference));
    }

    public Mono<Void> settle(Payable payable, UUID paymentId) {
        return become(payable, PayableStatus.SETTLED, paymentId);
    }

    public Mono<Void> close(Payable payable) {
        return become(payable, PayableStatus.CLOSED, null);
    }

    private Mono<Void> become(Payable payable, PayableStatus next, @org.jspecify.annotations.Nullable UUID settledBy) {
        if (!payable.status().canBecome(next)) {
            return Mono.error(new IllegalStateException(payable.reference() + " cannot become " + next));
        }
        return database.sql(BECOME)
                .bind("reference", payable.reference())
                .bind("status", next.text())
                .bind("settledBy", Row.in(settledBy, UUID.class))
                .fetch()
                .rowsUpdated()
                .then();
    }

    private Mono<Payable> select(String reference, String lock) {
        return database.sql("select * from payables where reference = :reference" + lock)
                .bind("reference", reference)
                .map(Payables::read)
                .one();
    }

    private static Payable read(Readable row) {
        Long amount = row.get("amount", Long.class);
        String currency = Row.text(row, "currency");
        return new Payable(
                Row.get(row, "reference", String.class),
                Row.text(row, "user_id"),
                amount == null || currency == null ? null : new Money(amount, currency),
                PayableStatus.of(Row.get(row, "status", String.class)),
                row.get("settled_by", UUID.class));
    }
}
