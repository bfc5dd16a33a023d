package io.tillstream.subscription.moneyback;

import io.r2dbc.spi.Readable;
import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.invoice.InvoiceFinder;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import io.tillstream.web.Problem;
import io.tillstream.web.money.RefundDismissal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * Operators' words that a refund of an invoice which was left to a person is not owed any more. Stripe is not asked for it after
 * that; what it makes of a try that is under way all the same is taken in, as the money is gone. It is of what was left then: what
 * comes back later is owed.
 */
@Repository
class InvoiceRefundDismissals {

    private static final Logger LOG = LoggerFactory.getLogger(InvoiceRefundDismissals.class);
    static final String CALL = "POST /api/admin/invoices/owed-refunds/{id}/dismissal";

    /**
     * The word that was said before is of what was left then, and is a repeat of it where nothing tells the two apart; it is kept
     * beside this one.
     */
    private static final String DISMISS = """
            with dismissed as (
                update invoice_refunds owed
                set status = 'dismissed', next_attempt_at = null, dismissed_reason = :reason, dismissed_by = :by,
                    dismissed_at = clock_timestamp(), updated_at = now(), dismissed_amount =""" + InvoiceRefunds.STILL_THERE + """
                where id = :id and status = 'flagged'
                  and (cast(:request as uuid) is not null or dismissed_at is null or dismissed_reason <> :reason or dismissed_by <> :by)
                returning *),
            kept as (
                insert into invoice_refund_dismissals (refund_id, reason, by, at, amount, request_id)
                select id, dismissed_reason, dismissed_by, dismissed_at, dismissed_amount, cast(:request as uuid) from dismissed)
            select * from dismissed
            """;

    private final DatabaseClient database;
    private final Transactions transactions;
    private final InvoiceFinder invoices;
    private final InvoiceRefunds refunds;
    private final Subscriptions subscriptions;
    private final Timeline timeline;

    InvoiceRefundDismissals(
            DatabaseClient database,
            Transactions transactions,
            InvoiceFinder invoices,
            InvoiceRefunds refunds,
            Subscriptions subscriptions,
            Timeline timeline) {
        this.database = database;
        this.transactions = transactions;
        this.invoices = invoices;
        this.refunds = refunds;
        this.subscriptions = subscriptions;
        this.timeline = timeline;
    }

    /**
     * Said again, the first word counts. Errors with 404, or 409 {@code refund-needs-nobody} where no person has to see to it,
     * and {@code refund-owed-again} where this may be a repeat of what was said before money came back.
     *
     * @param request which one it is, by its key; the same again is of what was left then, for ever. Null: it has none
     */
    Mono<RefundDismissal> dismiss(UUID id, RefundDismissal.Reason reason, String by, @Nullable UUID request) {
        return refunds.find(id)
                .flatMap(refund -> invoices.find(refund.invoiceId()))
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(invoice -> transactions.run(subscriptions
                        .lock(invoice.subscriptionId())
                        .then(Mono.defer(() -> before(id, request)))
                        .switchIfEmpty(
                                Mono.defer(() -> first(id, reason, by, request).flatMap(dismissed -> timeline.called(
                                                invoice.subscriptionId(),
                                                CALL,
                                                id.toString(),
                                                "dismissed",
                                                reason.text())
                                        .thenReturn(dismissed))))
                        .switchIfEmpty(Mono.defer(() -> known(id)))
                        .switchIfEmpty(Mono.defer(() -> owedAgain(id)))))
                .switchIfEmpty(Mono.error(InvoiceRefundDismissals::needsNobody));
    }

    static Problem needsNobody() {
        return Problem.conflict("refund-needs-nobody", "It is not left to a person: see the list of refunds.");
    }

    private Mono<RefundDismissal> owedAgain(UUID id) {
        return refunds.find(id)
                .filter(refund -> refund.status() == InvoiceRefund.Status.FLAGGED)
                .flatMap(again -> Mono.error(Problem.conflict(
                        "refund-owed-again",
                        "It came back after it was dismissed: see how much, and say so with an Idempotency-Key.")));
    }

    /** What was said with the same key, also long ago. */
    private Mono<RefundDismissal> before(UUID id, @Nullable UUID request) {
        return request == null
                ? Mono.empty()
                : database.sql("""
                                select refund_id as id, reason as dismissed_reason, by as dismissed_by, at as dismissed_at
                                from invoice_refund_dismissals where request_id = :request and refund_id = :id
                                """)
                        .bind("request", request)
                        .bind("id", id)
                        .map(InvoiceRefundDismissals::read)
                        .one();
    }

    private Mono<RefundDismissal> first(UUID id, RefundDismissal.Reason reason, String by, @Nullable UUID request) {
        return database.sql(DISMISS)
                .bind("id", id)
                .bind("reason", reason.text())
                .bind("by", by)
                .bind("request", Column.of(request, UUID.class))
                .map(InvoiceRefundDismissals::read)
                .one()
                .doOnNext(dismissed ->
                        LOG.info("Refund {} of an invoice is dismissed by {}: {}", id, by, dismissed.reason()));
    }

    private Mono<RefundDismissal> known(UUID id) {
        return database.sql("select * from invoice_refunds"
                        + " where id = :id and dismissed_at is not null and status in ('dismissed', 'done')")
                .bind("id", id)
                .map(InvoiceRefundDismissals::read)
                .one();
    }

    private static RefundDismissal read(Readable row) {
        return new RefundDismissal(
                Column.present(row, "id", UUID.class),
                Column.present(row, "dismissed_reason", String.class),
                Column.present(row, "dismissed_by", String.class),
                Column.present(row, "dismissed_at", Instant.class));
    }
}
