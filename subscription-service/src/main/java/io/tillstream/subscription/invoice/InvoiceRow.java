package io.tillstream.subscription.invoice;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** An invoice as columns. */
final class InvoiceRow {

    /** Of a row that does not know since when it is open, its moment of before stays: it must not count anew with each that is told. */
    static final String PUT = """
            insert into invoices (stripe_invoice_id, subscription_id, user_id, number, status, ever_paid, billing_reason,
                currency, subtotal, total, amount_due, amount_paid, amount_remaining, attempt_count, next_attempt_at,
                action_attempt, failed_at, problem, period_start, period_end, due_at, hosted_url, pdf_url, lines,
                issued_at, paid_at, as_of, fingerprint, ahead, open_since, updated_at)
            values (:id, :subscriptionId, :userId, :number, :status, :everPaid, :billingReason,
                :currency, :subtotal, :total, :due, :paid, :remaining, :attempts, :nextAttemptAt,
                :actionAttempt, :failedAt, :problem, :periodStart, :periodEnd, :dueAt, :hosted, :pdf,
                cast(:lines as jsonb), :issuedAt, :paidAt, :asOf, :fingerprint, :ahead,
                case when :status in ('open', 'uncollectible') or :status = 'draft' and cast(:problem as text) is not null
                    then greatest(now(), (select known_at from subscriptions where id = :subscriptionId)) end,
                now())
            on conflict (stripe_invoice_id) do update
            set number = :number, status = :status, ever_paid = :everPaid, billing_reason = :billingReason,
                subtotal = :subtotal, total = :total, amount_due = :due, amount_paid = :paid,
                amount_remaining = :remaining, attempt_count = :attempts, next_attempt_at = :nextAttemptAt,
                action_attempt = :actionAttempt, failed_at = :failedAt, problem = :problem,
                period_start = :periodStart, period_end = :periodEnd, due_at = :dueAt, hosted_url = :hosted,
                pdf_url = :pdf, lines = cast(:lines as jsonb), paid_at = :paidAt,
                as_of = greatest(invoices.as_of, :asOf), fingerprint = :fingerprint, ahead = :ahead,
                open_since = coalesce(invoices.open_since,
                    case when invoices.status in ('open', 'uncollectible') or invoices.status = 'draft' and invoices.problem is not null
                        then invoices.updated_at end,
                    excluded.open_since), updated_at = now()
            """;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private InvoiceRow() {}

    static GenericExecuteSpec bind(GenericExecuteSpec sql, Invoice invoice) {
        InvoiceState bill = invoice.bill();
        return amounts(sql, bill.amounts())
                .bind("id", bill.id())
                .bind("subscriptionId", invoice.subscriptionId())
                .bind("userId", invoice.userId())
                .bind("number", Column.of(bill.number(), String.class))
                .bind("status", bill.status().text())
                .bind("everPaid", invoice.everPaid())
                .bind("billingReason", Column.of(bill.billingReason(), String.class))
                .bind("attempts", bill.attempts())
                .bind("nextAttemptAt", Column.of(bill.nextAttemptAt(), Instant.class))
                .bind("actionAttempt", invoice.actionAttempt())
                .bind("failedAt", Column.of(invoice.failedAt(), Instant.class))
                .bind("problem", Column.of(bill.problem(), String.class))
                .bind("periodStart", Column.of(bill.periodStart(), Instant.class))
                .bind("periodEnd", Column.of(bill.periodEnd(), Instant.class))
                .bind("dueAt", Column.of(bill.dueAt(), Instant.class))
                .bind("hosted", Column.of(bill.links().hosted(), String.class))
                .bind("pdf", Column.of(bill.links().pdf(), String.class))
                .bind("lines", JSON.writeValueAsString(bill.lines()))
                .bind("issuedAt", bill.issuedAt())
                .bind("paidAt", Column.of(bill.paidAt(), Instant.class))
                .bind("asOf", invoice.asOf())
                .bind("fingerprint", invoice.fingerprint())
                .bind("ahead", invoice.ahead());
    }

    private static GenericExecuteSpec amounts(GenericExecuteSpec sql, InvoiceState.Amounts amounts) {
        return sql.bind("currency", amounts.currency())
                .bind("subtotal", amounts.subtotal())
                .bind("total", amounts.total())
                .bind("due", amounts.due())
                .bind("paid", amounts.paid())
                .bind("remaining", amounts.remaining());
    }

    static Invoice read(Readable row) {
        return new Invoice(
                bill(row),
                present(row, "subscription_id", UUID.class),
                present(row, "user_id", String.class),
                present(row, "ever_paid", Boolean.class),
                present(row, "amount_refunded", Long.class),
                present(row, "action_attempt", Integer.class),
                row.get("failed_at", Instant.class),
                present(row, "as_of", Long.class),
                present(row, "fingerprint", String.class),
                present(row, "ahead", Boolean.class));
    }

    private static InvoiceState bill(Readable row) {
        return new InvoiceState(
                present(row, "stripe_invoice_id", String.class),
                InvoiceStatus.of(present(row, "status", String.class)),
                row.get("number", String.class),
                row.get("billing_reason", String.class),
                new InvoiceState.Amounts(
                        present(row, "currency", String.class),
                        present(row, "subtotal", Long.class),
                        present(row, "total", Long.class),
                        present(row, "amount_due", Long.class),
                        present(row, "amount_paid", Long.class),
                        present(row, "amount_remaining", Long.class)),
                present(row, "attempt_count", Integer.class),
                row.get("next_attempt_at", Instant.class),
                row.get("problem", String.class),
                row.get("period_start", Instant.class),
                row.get("period_end", Instant.class),
                row.get("due_at", Instant.class),
                row.get("paid_at", Instant.class),
                present(row, "issued_at", Instant.class),
                new InvoiceState.Links(row.get("hosted_url", String.class), row.get("pdf_url", String.class)),
                List.of(JSON.readValue(present(row, "lines", String.class), InvoiceLine[].class)));
    }

    private static <T> T present(Readable row, String column, Class<T> type) {
        return Objects.requireNonNull(row.get(column, type), column);
    }
}
