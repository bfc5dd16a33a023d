package io.tillstream.payment.refund;

import io.tillstream.events.Money;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Money given back of one payment, or about to be. */
public record Refund(
        UUID id,
        UUID paymentId,
        String reference,
        Money money,
        Purpose purpose,
        @Nullable String reason,
        @Nullable String note,
        RefundStatus status,
        @Nullable String stripeId,
        @Nullable String failureReason,
        Instant createdAt) {

    /** Who wanted it. */
    public enum Purpose {
        /** An operator, through us. */
        REQUESTED,
        /** We: the payable had been paid before. */
        DUPLICATE,
        /** We: the payable had been closed before. */
        LATE,
        /** A person at Stripe's dashboard. */
        DASHBOARD;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Purpose of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    Refund becoming(RefundStatus next, @Nullable String knownAs, @Nullable String why) {
        return new Refund(id, paymentId, reference, money, purpose, reason, note, next, knownAs, why, createdAt);
    }
}
