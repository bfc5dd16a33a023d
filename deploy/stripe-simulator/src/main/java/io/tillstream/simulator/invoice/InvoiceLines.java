package io.tillstream.simulator.invoice;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.invoiceitem.Pricing;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** The lines of all invoices, as they look. */
@Component
class InvoiceLines {
    private static final int LINES_SHOWN = 10; // how many an invoice holds by itself

    private final Pricing pricing;
    private final Store lines;

    InvoiceLines(Pricing pricing, Stores stores) {
        this.pricing = pricing;
        this.lines = stores.open("line_item", "il", "invoice");
    }

    Store store() {
        return lines;
    }

    /** A line of what a subscription bills, which also has the subscription's metadata. */
    ObjectNode of(InvoiceLine line, String currency, ObjectNode metadata) {
        ObjectNode made = plain(line.amount(), currency, line.description(), line.quantity());
        made.put("discountable", line.discountable());
        LineOverrides own = line.terms();
        own.discounts().forEach(discount -> made.withArray("discounts").add(Json.textOf(discount, "id")));
        made.set("metadata", (own.metadata().isEmpty() ? metadata : own.metadata()).deepCopy());
        made.set("parent", parent(line));
        made.putObject("period").put("end", line.periodEnd()).put("start", line.periodStart());
        made.set("pricing", pricing.of(line.price(), line.amount(), line.quantity()));
        return made.put("subscription", line.subscription());
    }

    /** What an invoice item says of a line that it is for. */
    void describe(ObjectNode item, InvoiceLine line) {
        item.put("amount", line.amount()).put("net_amount", line.amount());
        item.put("description", line.description()).put("discountable", line.discountable());
        item.putObject("period").put("end", line.periodEnd()).put("start", line.periodStart());
        item.set("pricing", pricing.of(line.price(), line.amount(), line.quantity()));
        item.put("proration", line.proration());
        item.put("quantity", line.quantity()).put("quantity_decimal", Long.toString(line.quantity()));
        if (line.subscription() != null) {
            ObjectNode details = item.putObject("parent")
                    .put("type", "subscription_details")
                    .putObject("subscription_details")
                    .put("subscription", line.subscription());
            if (line.subscriptionItem() != null) {
                details.put("subscription_item", line.subscriptionItem());
            }
        }
    }

    private static ObjectNode parent(InvoiceLine line) {
        boolean own = line.subscriptionItem() != null;
        ObjectNode parent = Json.object().putNull(own ? "invoice_item_details" : "subscription_item_details");
        String type = own ? "subscription_item_details" : "invoice_item_details";
        String item = line.invoiceItem();
        ObjectNode details = parent.putObject(type)
                .put("invoice_item", item == null && !own ? Ids.next("ii") : item) // a preview's has none to name
                .put("proration", line.proration());
        details.putObject("proration_details").putNull("credited_items");
        details.put("subscription", line.subscription());
        if (own) {
            details.put("subscription_item", line.subscriptionItem());
        }
        return parent.put("type", type);
    }

    /** The line that an invoice item becomes. */
    ObjectNode of(ObjectNode item) {
        String subscription = Json.text(item, "parent.subscription_details.subscription");
        String part = Json.text(item, "parent.subscription_details.subscription_item");
        ObjectNode made = plain(
                Json.number(item, "amount"),
                Json.textOf(item, "currency"),
                Json.text(item, "description"),
                Json.number(item, "quantity"));
        made.set("discountable", item.get("discountable"));
        made.set("discounts", item.path("discounts").deepCopy());
        made.set("metadata", item.path("metadata").deepCopy());
        made.set("period", item.path("period").deepCopy());
        made.set("pricing", item.path("pricing").deepCopy());
        made.set(
                "parent",
                parent(new InvoiceLine(
                        "",
                        0,
                        true,
                        null,
                        1,
                        0,
                        0,
                        Json.isTrue(item, "proration"),
                        subscription,
                        part,
                        Json.textOf(item, "id"),
                        LineOverrides.NONE)));
        return made.put("subscription", subscription);
    }

    private static ObjectNode plain(long amount, String currency, @Nullable String description, long quantity) {
        ObjectNode line = Json.object("line_item", Ids.next("il"));
        line.put("amount", amount).put("currency", currency).put("description", description);
        line.putArray("discount_amounts");
        line.putArray("discounts");
        line.putNull("invoice").put("livemode", false);
        line.putArray("pretax_credit_amounts");
        line.put("quantity", quantity).put("quantity_decimal", Long.toString(quantity));
        line.put("subtotal", amount).putArray("taxes");
        return line;
    }

    /** As the invoice shows them. */
    static ObjectNode page(String invoice, List<ObjectNode> all) {
        int shown = Math.min(LINES_SHOWN, all.size());
        return Call.list(
                "/v1/invoices/" + invoice + "/lines", new Query.Slice(all.subList(0, shown), shown < all.size()));
    }

    /** In their order. */
    List<ObjectNode> on(String invoice) {
        List<ObjectNode> found =
                new ArrayList<>(new Query(lines).where("invoice", invoice).all());
        Collections.reverse(found);
        return found;
    }

    void replace(String invoice, List<ObjectNode> all) {
        on(invoice).forEach(line -> lines.delete(Json.textOf(line, "id"), null));
        all.forEach(line -> lines.add(line.put("invoice", invoice)));
    }
}
