package io.tillstream.payment.payable;

import io.tillstream.sql.Write;
import org.jspecify.annotations.Nullable;

/** Why a payment is in its state: every move with its cause. */
public final class PaymentHistory {

    private static final String INSERT = """
            insert into payment_history (payment_id, version, from_status, to_status, cause)
            values (:id, :version, :from, :to, :cause)
            """;

    private PaymentHistory() {}

    /** The move that led to {@code payment} as it is now. */
    public static Write move(Payment payment, @Nullable PaymentStatus from, String cause) {
        return Write.of(INSERT)
                .bind("id", payment.id())
                .bind("version", payment.version())
                .bind("from", from == null ? null : from.text(), String.class)
                .bind("to", payment.status().text())
                .bind("cause", cause);
    }
}
