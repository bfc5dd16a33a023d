package io.tillstream.subscription.moneyback;

import io.r2dbc.spi.Readable;
import io.tillstream.stripe.RefundPromiseStatus;
import io.tillstream.stripe.RefundPromises;
import io.tillstream.stripe.RefundPromises.Cover;
import io.tillstream.stripe.RefundPromises.Promise;
import io.tillstream.subscription.sql.Column;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What became of refunds that operators were promised, and the table of which money made good which of them. It changes only
 * under the lock of the subscription, so that money is not taken twice.
 */
@Repository
class PromisedRefunds {

    /** What failed, and what other money made good: those have the first choice of what is there, as they had it before. */
    private static final String PROMISES = """
            select owed.id, owed.amount, owed.status, coalesce(owed.failed_at, owed.created_at) as failed_at, owed.flagged_at,
                   invoice.amount_paid,
                   owed.status = 'flagged' or owed.status = 'asked' and owed.failed_at is not null
                       or owed.status = 'done' and owed.why = 'given_back_otherwise'
                       or owed.status = 'dismissed' and exists (
                           select 1 from invoice_money_back b where b.object_id = owed.stripe_refund_id and b.counts) as is_open
            from invoice_refunds owed join invoices invoice using (stripe_invoice_id)
            where owed.stripe_invoice_id = :invoice and owed.purpose = 'requested'
              and (owed.failed_at is not null or owed.status = 'flagged' or owed.why = 'given_back_otherwise')
            order by owed.status <> 'done', owed.status <> 'asked', 4, owed.id
            """;

    /** What an older instance wrote meanwhile has no time of ours. */
    private static final String MONEY = """
            select b.object_id, b.amount, coalesce(b.gone_since, b.since) as gone_since, own.id as own_id, own.created_at as asked_at
            from invoice_money_back b left join lateral (
                select id, created_at from invoice_refunds
                where stripe_refund_id = b.object_id and stripe_invoice_id = b.stripe_invoice_id and purpose = 'requested'
                limit 1) own on true
            where b.stripe_invoice_id = :invoice and b.counts and (b.kind <> 'dispute' or b.status = 'lost')
            """;

    private static final String COVERS = """
            select c.* from invoice_refund_covers c join invoice_refunds owed on owed.id = c.promise_id
            where owed.stripe_invoice_id = :invoice order by c.promise_id, c.money_id
            """;

    /**
     * It was good until now: what went back before is of something else. What had made good another promise leaves that one owed.
     */
    private static final String RETURNED = """
            update invoice_refunds
            set status = 'flagged', why = :why, updated_at = now(), failed_at = clock_timestamp(), flagged_at = clock_timestamp()
            where stripe_invoice_id = :invoice and stripe_refund_id = :refund and purpose = 'requested' and status = 'done'
              and why is null
              and not exists (select 1 from invoice_refund_covers c where c.money_id = :refund)
              and exists (select 1 from invoice_money_back b where b.object_id = :refund and not b.counts)
            """;

    private final DatabaseClient database;
    private final InvoiceRefunds refunds;

    PromisedRefunds(DatabaseClient database, InvoiceRefunds refunds) {
        this.database = database;
        this.refunds = refunds;
    }

    /**
     * After money of an invoice went back or came back, or a refund of it was refused: which promises are good by that, and which
     * are not any more.
     *
     * @param why what became of money that came back
     */
    Mono<Void> settle(String invoiceId, String why) {
        return refunds.settleLate(invoiceId)
                .then(Mono.defer(() -> promises(invoiceId)))
                .flatMap(promises -> promises.isEmpty()
                        ? Mono.empty()
                        : money(invoiceId).flatMap(money -> covers(invoiceId)
                                .flatMap(kept -> keep(status(promises, money, kept), kept, why))));
    }

    /** Stripe has made it, and its bank sent the money back, or it was canceled on its way: no other try changes that. */
    Mono<Void> returned(String invoiceId, String stripeRefundId, String why) {
        return database.sql(RETURNED)
                .bind("invoice", invoiceId)
                .bind("refund", stripeRefundId)
                .bind("why", why)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private static RefundPromiseStatus status(
            List<Row> promises, List<RefundPromises.MoneyBack> money, List<Cover> kept) {
        long gone = money.stream().mapToLong(RefundPromises.MoneyBack::amount).sum();
        return RefundPromiseStatus.of(
                promises.stream().filter(Row::isOpen).map(Row::known).toList(),
                money,
                kept,
                promises.stream().anyMatch(row -> gone >= row.paid()));
    }

    private Mono<Void> keep(RefundPromiseStatus now, List<Cover> kept, String why) {
        return refunds.are(now.made(), InvoiceRefund.Status.DONE, null)
                .then(refunds.are(now.madeGood(), InvoiceRefund.Status.DONE, InvoiceRefund.GIVEN_BACK_OTHERWISE))
                .then(refunds.are(now.owedAgain(), InvoiceRefund.Status.FLAGGED, why))
                .thenMany(Flux.fromIterable(kept).filter(cover -> !now.covers().contains(cover)))
                .concatMap(this::remove)
                .thenMany(Flux.fromIterable(now.covers()).filter(cover -> !kept.contains(cover)))
                .concatMap(this::add)
                .then();
    }

    /**
     * @param isOpen whether other money may make it good: it was neither made itself, nor taken back
     * @param paid what came in for the invoice
     */
    private record Row(RefundPromiseStatus.Known known, boolean isOpen, long paid) {}

    private Mono<List<Row>> promises(String invoiceId) {
        return database.sql(PROMISES)
                .bind("invoice", invoiceId)
                .map(PromisedRefunds::promise)
                .all()
                .collectList();
    }

    private static Row promise(Readable row) {
        var promise = new Promise(
                Column.present(row, "id", UUID.class),
                Column.present(row, "amount", Long.class),
                Column.present(row, "failed_at", Instant.class),
                row.get("flagged_at", Instant.class));
        boolean isGood = Column.present(row, "status", String.class).equals("done");
        return new Row(
                new RefundPromiseStatus.Known(promise, isGood),
                Boolean.TRUE.equals(row.get("is_open", Boolean.class)),
                Column.present(row, "amount_paid", Long.class));
    }

    private Mono<List<RefundPromises.MoneyBack>> money(String invoiceId) {
        return database.sql(MONEY)
                .bind("invoice", invoiceId)
                .map(row -> new RefundPromises.MoneyBack(
                        Column.present(row, "object_id", String.class),
                        Column.present(row, "amount", Long.class),
                        Column.present(row, "gone_since", Instant.class),
                        row.get("own_id", UUID.class),
                        row.get("asked_at", Instant.class)))
                .all()
                .collectList();
    }

    private Mono<List<Cover>> covers(String invoiceId) {
        return database.sql(COVERS)
                .bind("invoice", invoiceId)
                .map(row -> new Cover(
                        Column.present(row, "promise_id", UUID.class),
                        Column.present(row, "money_id", String.class),
                        Column.present(row, "amount", Long.class)))
                .all()
                .collectList();
    }

    private Mono<Void> remove(Cover cover) {
        return database.sql("delete from invoice_refund_covers where promise_id = :promise and money_id = :money")
                .bind("promise", cover.promise())
                .bind("money", cover.money())
                .fetch()
                .rowsUpdated()
                .then();
    }

    private Mono<Void> add(Cover cover) {
        return database.sql(
                        "insert into invoice_refund_covers (promise_id, money_id, amount) values (:promise, :money, :amount)")
                .bind("promise", cover.promise())
                .bind("money", cover.money())
                .bind("amount", cover.amount())
                .fetch()
                .rowsUpdated()
                .then();
    }
}
