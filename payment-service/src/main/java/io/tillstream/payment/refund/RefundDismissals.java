package io.tillstream.payment.refund;

import io.r2dbc.spi.Readable;
import io.tillstream.delivery.Transactions;
import io.tillstream.payment.payable.Column;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.web.Problem;
import io.tillstream.web.money.RefundDismissal;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * Operators' words that a refund which was left to a person is not owed any more. Stripe is not asked for it after that; what it
 * makes of a try that is under way all the same is taken in, as the money is gone.
 */
@Repository
class RefundDismissals {

    private static final Logger LOG = LoggerFactory.getLogger(RefundDismissals.class);

    private static final String DISMISSED_IN_PART = "dismissed_in_part";

    private static final String DISMISS = """
            update refunds
            set status = case when status = 'delayed' then 'refused' else status end, attention = null, next_ask_at = null,
                dismissed_reason = :reason, dismissed_by = :by, dismissed_at = clock_timestamp(), updated_at = now(),
                dismissed_amount = least(amount, greatest(:left, 0))
            where id = :id and attention is not null and dismissed_at is null
            returning *
            """;

    private final DatabaseClient database;
    private final Transactions transactions;
    private final Payables payables;
    private final Refunds refunds;
    private final OwedRefunds owed;

    RefundDismissals(
            DatabaseClient database, Transactions transactions, Payables payables, Refunds refunds, OwedRefunds owed) {
        this.database = database;
        this.transactions = transactions;
        this.payables = payables;
        this.refunds = refunds;
        this.owed = owed;
    }

    /** Said again, the first word counts. Errors with 404, or 409 {@code refund-needs-nobody} where no person has to see to it. */
    Mono<RefundDismissal> dismiss(UUID id, RefundDismissal.Reason reason, String by) {
        return refunds.find(id)
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(refund -> transactions.run(payables.lockWithPayment(refund.paymentId())
                        .flatMap(now -> first(now.payment(), id, reason, by))
                        .switchIfEmpty(Mono.defer(() -> known(id)))))
                .switchIfEmpty(Mono.error(() -> Problem.conflict(
                        "refund-needs-nobody", "It is not left to a person: see the list of refunds.")));
    }

    /** It was of what is left by now: what comes back later is not of it. */
    private Mono<RefundDismissal> first(Payment payment, UUID id, RefundDismissal.Reason reason, String by) {
        return owed.left(payment)
                .flatMap(left -> dismiss(id, left, reason, by))
                .delayUntil(dismissed -> owed.afterRefund(payment, DISMISSED_IN_PART));
    }

    private Mono<RefundDismissal> dismiss(UUID id, long left, RefundDismissal.Reason reason, String by) {
        return database.sql(DISMISS)
                .bind("id", id)
                .bind("left", left)
                .bind("reason", reason.text())
                .bind("by", by)
                .map(RefundDismissals::read)
                .one()
                .doOnNext(dismissed -> LOG.info("Refund {} is dismissed by {}: {}", id, by, dismissed.reason()));
    }

    private Mono<RefundDismissal> known(UUID id) {
        return database.sql("select * from refunds where id = :id and dismissed_at is not null")
                .bind("id", id)
                .map(RefundDismissals::read)
                .one();
    }

    private static RefundDismissal read(Readable row) {
        return new RefundDismissal(
                Column.get(row, "id", UUID.class),
                Column.get(row, "dismissed_reason", String.class),
                Column.get(row, "dismissed_by", String.class),
                Column.get(row, "dismissed_at", OffsetDateTime.class).toInstant());
    }
}
