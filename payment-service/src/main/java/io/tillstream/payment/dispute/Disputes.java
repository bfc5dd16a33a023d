package io.tillstream.payment.dispute;

import io.tillstream.payment.payable.Column;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.StoredJson;
import io.tillstream.stripeevents.DisputeState;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Disputes of our payments, as merged facts. */
@Repository
public class Disputes {

    private static final String UPSERT = """
            insert into disputes (stripe_dispute_id, payment_id, reference, fact)
            values (:id, :paymentId, :reference, cast(:fact as jsonb))
            on conflict (stripe_dispute_id) do update set fact = excluded.fact, updated_at = now()
            """;

    private static final String WARNING = """
            insert into fraud_warnings (stripe_warning_id, payment_id, fraud_type, actionable)
            values (:id, :paymentId, :type, :actionable)
            on conflict (stripe_warning_id) do update set actionable = :actionable
                where fraud_warnings.actionable <> :actionable
            """;

    private final DatabaseClient database;

    Disputes(DatabaseClient database) {
        this.database = database;
    }

    Mono<DisputeState> find(String id) {
        return database.sql("select fact from disputes where stripe_dispute_id = :id")
                .bind("id", id)
                .map(row -> StoredJson.readPresent(Column.text(row, "fact"), DisputeState.class))
                .one();
    }

    /** All disputes about payments for a reference, the oldest first. */
    public Flux<DisputeState> of(String reference) {
        return database.sql("select fact from disputes where reference = :reference order by created_at")
                .bind("reference", reference)
                .map(row -> StoredJson.readPresent(Column.text(row, "fact"), DisputeState.class))
                .all();
    }

    public Flux<DisputeState> ofPayment(UUID payment) {
        return database.sql("select fact from disputes where payment_id = :payment")
                .bind("payment", payment)
                .map(row -> StoredJson.readPresent(Column.text(row, "fact"), DisputeState.class))
                .all();
    }

    Mono<Void> keep(Payment payment, DisputeState fact) {
        return database.sql(UPSERT)
                .bind("id", fact.id())
                .bind("paymentId", payment.id())
                .bind("reference", payment.reference())
                .bind("fact", StoredJson.write(fact))
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Whether that was news. */
    Mono<Boolean> keepWarning(Payment payment, String id, String type, boolean actionable) {
        return database.sql(WARNING)
                .bind("id", id)
                .bind("paymentId", payment.id())
                .bind("type", type)
                .bind("actionable", actionable)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }
}
