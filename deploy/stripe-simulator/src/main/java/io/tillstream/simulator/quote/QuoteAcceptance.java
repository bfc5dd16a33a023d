package io.tillstream.simulator.quote;

import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.checkout.LineItems;
import io.tillstream.simulator.state.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an accepted quote becomes: a subscription if anything of it recurs, else an invoice. */
@Component
class QuoteAcceptance {
    private final OwnCalls stripe;
    private final QuoteDiscounts offers;

    /** One of the two. */
    record Made(@Nullable String subscription, @Nullable String invoice) {}

    QuoteAcceptance(OwnCalls stripe, QuoteDiscounts offers) {
        this.stripe = stripe;
        this.offers = offers;
    }

    Made make(ObjectNode quote, List<ObjectNode> lines) {
        return lines.stream().anyMatch(QuoteJson::isRecurring)
                ? new Made(subscription(quote, lines), null)
                : new Made(null, invoice(quote, lines));
    }

    private String subscription(ObjectNode quote, List<ObjectNode> lines) {
        ObjectNode wanted = billed(quote);
        LineItems.subscribe(lines, wanted);
        JsonNode data = quote.path("subscription_data");
        if (Json.present(data, "description")) {
            wanted.put("description", Json.textOf(data, "description"));
        }
        if (data.path("metadata").isObject()) {
            wanted.set("metadata", data.get("metadata").deepCopy());
        }
        if (Json.present(data, "trial_period_days")) {
            wanted.put("trial_period_days", Long.toString(Json.number(data, "trial_period_days")));
        }
        wanted.putObject("billing_mode").put("type", Json.textOf(data.path("billing_mode"), "type"));
        return Json.textOf(stripe.post("/v1/subscriptions", wanted), "id");
    }

    private String invoice(ObjectNode quote, List<ObjectNode> lines) {
        for (ObjectNode line : lines) {
            ObjectNode item = Json.object().put("customer", Json.textOf(quote, "customer"));
            item.putObject("pricing").put("price", Json.textOf(line.path("price"), "id"));
            item.put("quantity", Long.toString(Json.number(line, "quantity")));
            item.put("currency", Json.textOf(line, "currency"));
            stripe.post("/v1/invoiceitems", item);
        }
        ObjectNode wanted = billed(quote).put("pending_invoice_items_behavior", "include");
        wanted.put("auto_advance", "true").put("currency", Json.textOf(quote, "currency"));
        return Json.textOf(stripe.post("/v1/invoices", wanted), "id");
    }

    private ObjectNode billed(ObjectNode quote) {
        ObjectNode wanted = Json.object().put("customer", Json.textOf(quote, "customer"));
        String collection = Json.textOf(quote, "collection_method");
        wanted.put("collection_method", collection);
        if (collection.equals("send_invoice")) {
            wanted.put("days_until_due", Long.toString(Json.number(quote.path("invoice_settings"), "days_until_due")));
        }
        if (!quote.path("discounts").isEmpty()) {
            ObjectNode discounts = wanted.putObject("discounts");
            for (JsonNode each : quote.path("discounts")) {
                discounts.set(Integer.toString(discounts.size()), offers.given(each));
            }
        }
        return wanted;
    }
}
