package io.tillstream.subscription.moneyback;

import io.r2dbc.spi.Readable;
import io.tillstream.events.Money;
import io.tillstream.sql.WhereClause;
import io.tillstream.subscription.moneyback.AdminOwedInvoiceRefundController.Shown;
import io.tillstream.subscription.sql.Column;
import io.tillstream.web.Paging;
import io.tillstream.web.money.RefundDismissal;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

/** Refunds of invoices that are owed, for those who have to see to them. */
@Repository
class OwedInvoiceRefunds {

    private static final String LEFT_TO_A_PERSON = "late_payment"; // LATE_PAYMENTS=flag: Stripe was not asked

    /** What the shop owes of invoices, or has promised, or is at a bank for long; and credit that should have been taken back with its money, or given again, and was not. */
    private static final String OWED = """
            select * from (
                select 'refund' as kind, owed.id, owed.stripe_invoice_id, i.subscription_id, owed.currency, owed.why,
                       owed.status = 'flagged' as attention, owed.created_at,
                       (select cast(jsonb_agg(jsonb_build_object('id', d.refund_id, 'reason', d.reason, 'by', d.by, 'at', d.at) order by d.at) as text)
                        from invoice_refund_dismissals d where d.refund_id = owed.id) as dismissals,
            """ + InvoiceRefunds.REST + """
                from invoice_refunds owed join invoices i using (stripe_invoice_id)
                where owed.status = 'flagged' or (owed.status = 'asked' and owed.why is not null)
                union all
                select 'start', f.subscription_id, f.stripe_invoice_id, f.subscription_id, f.currency, f.why,
            """ + StartRefunds.NEEDS_PERSON + """
                       , f.created_at, null, f.amount
                from start_refunds f where
            """
            + StartRefunds.OWED_YET + "or f.dismissed_at is null and" + StartRefundChecks.PENDING_LONG + """
                union all
                select 'credit', r.subscription_id, null, r.subscription_id, s.currency, 'given_up', true, r.updated_at,
                       null, r.target - r.taken
                from credit_recoveries r join subscriptions s on s.id = r.subscription_id
                where
            """
            + CreditRecoveryQueue.GIVEN_UP + """
                union all
                select 'refund', cast(md5(b.object_id) as uuid), b.stripe_invoice_id, i.subscription_id, i.currency, b.status,
                       false, b.since, null, b.amount
                from invoice_money_back b join invoices i using (stripe_invoice_id)
                where
            """ + PendingRefunds.PENDING_LONG + ") owed";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final DatabaseClient database;

    OwedInvoiceRefunds(DatabaseClient database) {
        this.database = database;
    }

    /** What Stripe refused, or a person has to give back, the newest first. */
    Flux<Shown> page(boolean needingPerson, Paging paging) {
        var after = paging.after();
        return new WhereClause()
                .and(needingPerson ? "owed.attention" : "true")
                .and(
                        "(owed.created_at, owed.id) < (:before, cast(:beforeId as uuid))",
                        "before",
                        after == null ? null : after.createdAt(),
                        "beforeId",
                        after == null ? null : after.id())
                .in(database, OWED, "order by owed.created_at desc, owed.id desc limit :rows")
                .bind("rows", paging.rowsToRead())
                .map(OwedInvoiceRefunds::read)
                .all();
    }

    private static Shown read(Readable row) {
        String why = row.get("why", String.class);
        String dismissals = row.get("dismissals", String.class);
        boolean needsPerson = Column.present(row, "attention", Boolean.class);
        return new Shown(
                Column.present(row, "kind", String.class),
                Column.present(row, "id", UUID.class),
                row.get("stripe_invoice_id", String.class),
                Column.present(row, "subscription_id", UUID.class),
                new Money(
                        Column.present(row, "rest", BigDecimal.class).longValueExact(),
                        Column.present(row, "currency", String.class)),
                why,
                needsPerson ? (why == null ? LEFT_TO_A_PERSON : why) : null,
                dismissals == null ? List.of() : List.of(JSON.readValue(dismissals, RefundDismissal[].class)),
                Column.present(row, "created_at", Instant.class));
    }
}
