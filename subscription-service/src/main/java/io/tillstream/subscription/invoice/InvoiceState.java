package io.tillstream.subscription.invoice;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.SnapshotHash;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe's Invoice object said at one moment, of any API version.
 *
 * @param number null while it is a draft
 * @param attempts to collect it; the first counts too
 * @param problem Stripe's code of why it could not be finalized
 * @param dueAt for invoices that are sent and not charged
 * @param periodStart of the upcoming period for one that is to come
 * @see <a href="https://docs.stripe.com/api/invoices/object">Stripe: the Invoice object</a>
 */
record InvoiceState(
        String id,
        InvoiceStatus status,
        @Nullable String number,
        @Nullable String billingReason,
        Amounts amounts,
        int attempts,
        @Nullable Instant nextAttemptAt,
        @Nullable String problem,
        @Nullable Instant periodStart,
        @Nullable Instant periodEnd,
        @Nullable Instant dueAt,
        @Nullable Instant paidAt,
        Instant issuedAt,
        Links links,
        List<InvoiceLine> lines) {

    /** In the currency's smallest unit. */
    record Amounts(String currency, long subtotal, long total, long due, long paid, long remaining) {

        /** What of the total the customer's credit pays. */
        long creditUsed() {
            return Math.max(0, total - due);
        }

        /** What goes to the customer's credit: Stripe pays nobody out. */
        long creditGiven() {
            return Math.max(0, -total);
        }
    }

    /** Stripe's pages of it. */
    record Links(@Nullable String hosted, @Nullable String pdf) {}

    /** Null where something is missing that the rules need: then Stripe has to be asked. */
    static @Nullable InvoiceState of(JsonNode invoice) {
        String id = StripeJson.text(invoice, "id");
        InvoiceStatus status = InvoiceStatus.read(StripeJson.text(invoice, "status"));
        Instant issuedAt = StripeSubscriptionState.time(invoice, "created");
        Amounts amounts = amounts(invoice);
        if (id == null || status == null || issuedAt == null || amounts == null) {
            return null;
        }
        Integer attempts = StripeJson.count(invoice, "attempt_count");
        return new InvoiceState(
                id,
                status,
                StripeJson.text(invoice, "number"),
                StripeJson.text(invoice, "billing_reason"),
                amounts,
                attempts == null ? 0 : attempts,
                StripeSubscriptionState.time(invoice, "next_payment_attempt"),
                problem(invoice.get("last_finalization_error")),
                StripeSubscriptionState.time(invoice, "period_start"),
                StripeSubscriptionState.time(invoice, "period_end"),
                StripeSubscriptionState.time(invoice, "due_date"),
                StripeSubscriptionState.time(invoice.get("status_transitions"), "paid_at"),
                issuedAt,
                new Links(StripeJson.text(invoice, "hosted_invoice_url"), StripeJson.text(invoice, "invoice_pdf")),
                lines(invoice));
    }

    /** Stripe's code, or its kind of error where that has none. */
    private static @Nullable String problem(@Nullable JsonNode error) {
        String code = StripeJson.text(error, "code");
        return code != null ? code : StripeJson.text(error, "type");
    }

    static List<InvoiceLine> lines(JsonNode invoice) {
        return invoice.path("lines")
                .path("data")
                .valueStream()
                .map(InvoiceLine::of)
                .toList();
    }

    /** Null where one is missing. */
    static @Nullable Amounts amounts(JsonNode invoice) {
        String currency = StripeJson.text(invoice, "currency");
        Long total = StripeJson.number(invoice, "total");
        Long due = StripeJson.number(invoice, "amount_due");
        Long paid = StripeJson.number(invoice, "amount_paid");
        Long remaining = StripeJson.number(invoice, "amount_remaining");
        if (currency == null || total == null || due == null || paid == null || remaining == null) {
            return null;
        }
        Long subtotal = StripeJson.number(invoice, "subtotal");
        return new Amounts(currency, Objects.requireNonNullElse(subtotal, total), total, due, paid, remaining);
    }

    /** All that matters, to tell two snapshots of one second apart; links may differ each time they are given out. */
    String fingerprint() {
        return SnapshotHash.of(List.of(
                        status,
                        String.valueOf(number),
                        amounts,
                        attempts,
                        String.valueOf(nextAttemptAt),
                        String.valueOf(problem),
                        String.valueOf(dueAt),
                        lines)
                .toString());
    }

    InvoiceState with(Links others) {
        return new InvoiceState(
                id,
                status,
                number,
                billingReason,
                amounts,
                attempts,
                nextAttemptAt,
                problem,
                periodStart,
                periodEnd,
                dueAt,
                paidAt,
                issuedAt,
                others,
                lines);
    }
}
