package io.tillstream.subscription.invoice;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One line of an invoice, as it is stored and shown.
 *
 * @param amount in the invoice's currency's smallest unit; below zero for a credit
 * @param proration whether it is for a part of a period
 */
record InvoiceLine(
        @Nullable String description,
        long amount,
        long quantity,
        @Nullable String priceId,
        boolean proration,
        @Nullable Instant periodStart,
        @Nullable Instant periodEnd) {

    /** Price and proration stood in the line itself until 2025-03-31.basil, and stand in pricing and parent since. */
    static InvoiceLine of(JsonNode line) {
        Long amount = StripeJson.number(line, "amount");
        Long quantity = StripeJson.number(line, "quantity");
        return new InvoiceLine(
                StripeJson.text(line, "description"),
                amount == null ? 0 : amount,
                quantity == null ? 1 : quantity,
                price(line),
                isProration(line),
                StripeSubscriptionState.time(line.get("period"), "start"),
                StripeSubscriptionState.time(line.get("period"), "end"));
    }

    private static @Nullable String price(JsonNode line) {
        String price = StripeJson.id(line.path("pricing").get("price_details"), "price");
        if (price != null) {
            return price;
        }
        String older = StripeJson.id(line, "price");
        return older != null ? older : StripeJson.id(line, "plan");
    }

    private static boolean isProration(JsonNode line) {
        JsonNode parent = line.path("parent");
        return line.path("proration").asBoolean(false)
                || parent.path("subscription_item_details").path("proration").asBoolean(false)
                || parent.path("invoice_item_details").path("proration").asBoolean(false);
    }
}
