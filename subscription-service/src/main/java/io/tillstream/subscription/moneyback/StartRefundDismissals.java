package io.tillstream.subscription.moneyback;

import io.r2dbc.spi.Readable;
import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import io.tillstream.web.money.RefundDismissal;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * Operators' words that what was paid for a start is not owed any more, once trying alone does not help. Stripe is not asked for it
 * after that; what it makes of a try that is under way all the same is taken in, as the money is gone.
 */
@Repository
class StartRefundDismissals {

    private static final Logger LOG = LoggerFactory.getLogger(StartRefundDismissals.class);

    /** Of instances of a release that knows no dismissals none is to find it due. */
    private static final String DISMISS = """
            update start_refunds f
            set dismissed_reason = :reason, dismissed_by = :by, dismissed_at = clock_timestamp(), next_attempt_at = 'infinity'
            where subscription_id = :id and dismissed_at is null and""" + StartRefunds.NEEDS_PERSON + """
            returning *
            """;

    private final DatabaseClient database;
    private final Transactions transactions;
    private final Subscriptions subscriptions;
    private final Timeline timeline;

    StartRefundDismissals(
            DatabaseClient database, Transactions transactions, Subscriptions subscriptions, Timeline timeline) {
        this.database = database;
        this.transactions = transactions;
        this.subscriptions = subscriptions;
        this.timeline = timeline;
    }

    /** Said again, the first word counts. Errors with 409 {@code refund-needs-nobody} where no person has to see to it. */
    Mono<RefundDismissal> dismiss(UUID start, RefundDismissal.Reason reason, String by) {
        return transactions
                .run(subscriptions
                        .lock(start)
                        .then(Mono.defer(() -> first(start, reason, by)))
                        .flatMap(dismissed -> timeline.called(
                                        start,
                                        InvoiceRefundDismissals.CALL,
                                        start.toString(),
                                        "dismissed",
                                        reason.text())
                                .then(subscriptions.askSoon(start)) // it waited for its money only
                                .thenReturn(dismissed))
                        .switchIfEmpty(Mono.defer(() -> known(start))))
                .switchIfEmpty(Mono.error(InvoiceRefundDismissals::needsNobody));
    }

    private Mono<RefundDismissal> first(UUID start, RefundDismissal.Reason reason, String by) {
        return database.sql(DISMISS)
                .bind("id", start)
                .bind("reason", reason.text())
                .bind("by", by)
                .map(StartRefundDismissals::read)
                .one()
                .doOnNext(dismissed ->
                        LOG.info("What was paid for start {} is dismissed by {}: {}", start, by, dismissed.reason()));
    }

    private Mono<RefundDismissal> known(UUID start) {
        return database.sql("select * from start_refunds where subscription_id = :id and dismissed_at is not null")
                .bind("id", start)
                .map(StartRefundDismissals::read)
                .one();
    }

    private static RefundDismissal read(Readable row) {
        return new RefundDismissal(
                Column.present(row, "subscription_id", UUID.class),
                Column.present(row, "dismissed_reason", String.class),
                Column.present(row, "dismissed_by", String.class),
                Column.present(row, "dismissed_at", Instant.class));
    }
}
