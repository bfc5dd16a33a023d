package io.tillstream.subscription.quote;

import io.tillstream.stripeevents.StripeJson;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe says that a change would invoice at once. Amounts in the currency's smallest unit.
 *
 * @param total below zero where the unused time of the old plan is worth more: it stays as a credit
 * @param amountDue what of the total would be taken, after the credit that the customer has
 */
record Preview(String currency, long total, long amountDue, List<Line> lines) {

    record Line(String description, long amount, boolean proration, Instant from, Instant to) {}

    /**
     * Reads Stripe's preview of an invoice.
     *
     * @param periodEnd of the running period: what begins then is not billed by the change but by the next renewal,
     *     which Stripe shows where the change itself invoices nothing (in a trial)
     */
    static Preview of(JsonNode invoice, @Nullable Instant periodEnd) {
        List<Line> lines = invoice.path("lines")
                .path("data")
                .valueStream()
                .map(Preview::line)
                .toList();
        String currency = String.valueOf(StripeJson.text(invoice, "currency"));
        boolean later = periodEnd != null
                && lines.stream().noneMatch(Line::proration)
                && lines.stream().noneMatch(line -> line.from().isBefore(periodEnd));
        return later
                ? new Preview(currency, 0, 0, List.of())
                : new Preview(currency, number(invoice, "total"), number(invoice, "amount_due"), lines);
    }

    private static Line line(JsonNode line) {
        JsonNode period = line.path("period");
        return new Line(
                line.path("description").asString(""),
                number(line, "amount"),
                isProration(line),
                Instant.ofEpochSecond(number(period, "start")),
                Instant.ofEpochSecond(number(period, "end")));
    }

    /** It stands in the line's parent, and before 2025-03-31 in the line itself. */
    private static boolean isProration(JsonNode line) {
        JsonNode parent = line.path("parent");
        return line.path("proration").asBoolean(false)
                || parent.path("subscription_item_details").path("proration").asBoolean(false)
                || parent.path("invoice_item_details").path("proration").asBoolean(false);
    }

    private static long number(JsonNode node, String field) {
        Long value = StripeJson.number(node, field);
        if (value == null) {
            throw new IllegalStateException("Stripe's preview has no " + field);
        }
        return value;
    }
}
