package io.tillstream.payment.payable;

import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** Why a payment is in its state: every move with its cause. */
@Repository
public class PaymentHistory {

    private static final String INSERT = """
            insert into payment_history (payment_id, version, from_status, to_status, cause)
            values (:id, :version, :from, :to, :cause)
            """;

    private final DatabaseClient database;

    PaymentHistory(DatabaseClient database) {
        this.database = database;
    }

    /** Adds the move that led to {@code payment} as it is now. */
    public Mono<Void> add(Payment payment, @Nullable PaymentStatus from, String cause) {
        return database.sql(INSERT)
                .bind("id", payment.id())
                .bind("version", payment.version())
                .bind("from", Row.in(from == null ? null : from.text()))
                .bind("to", payment.status().text())
                .bind("cause", cause)
                .fetch()
                .rowsUpdated()
                .then();
    }
}
