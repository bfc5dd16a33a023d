package io.tillstream.subscription.invoice;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe says that the next invoice will be, as an event or a preview.
 *
 * @param from when the period begins that it is for
 * @param to when that period ends
 * @param dueAt when it will be made or collected
 * @param credit that the customer has before it, in the currency's smallest unit
 */
record UpcomingInvoice(
        InvoiceState.Amounts amounts,
        Instant from,
        @Nullable Instant to,
        @Nullable Instant dueAt,
        long credit,
        List<InvoiceLine> lines) {

    /** Null where amounts or period are missing. */
    static @Nullable UpcomingInvoice of(JsonNode invoice) {
        InvoiceState.Amounts amounts = InvoiceState.amounts(invoice);
        List<InvoiceLine> lines = InvoiceState.lines(invoice);
        InvoiceLine regular = lines.stream()
                .filter(line -> !line.proration() && line.periodStart() != null)
                .max(Comparator.comparing(line -> Objects.requireNonNull(line.periodStart())))
                .orElse(null);
        Instant billed = StripeSubscriptionState.time(invoice, "period_end"); // of the period that ends then
        Instant from = regular == null ? billed : regular.periodStart();
        if (amounts == null || from == null) {
            return null;
        }
        Instant attempt = StripeSubscriptionState.time(invoice, "next_payment_attempt");
        Long balance = StripeJson.number(invoice, "starting_balance"); // below zero: we owe it
        return new UpcomingInvoice(
                amounts,
                from,
                regular == null ? null : regular.periodEnd(),
                attempt == null ? billed : attempt,
                balance == null ? 0 : Math.max(0, -balance),
                lines);
    }
}
