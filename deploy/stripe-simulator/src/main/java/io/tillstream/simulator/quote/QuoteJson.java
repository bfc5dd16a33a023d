package io.tillstream.simulator.quote;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A quote as it looks, and what it comes to. */
final class QuoteJson {
    private QuoteJson() {}

    static ObjectNode draft(long now, long expires) {
        ObjectNode quote = Json.object("quote", Ids.next("qt")).put("amount_subtotal", 0);
        quote.put("amount_total", 0).putNull("application").putNull("application_fee_amount");
        quote.putNull("application_fee_percent");
        quote.set("automatic_tax", Json.literal("{'enabled':false,'liability':null,'provider':null,'status':null}"));
        quote.put("collection_method", "charge_automatically").putNull("computed");
        quote.put("created", now).putNull("currency").putNull("customer").putNull("customer_account");
        quote.putArray("default_tax_rates");
        quote.putNull("description").putArray("discounts");
        quote.put("expires_at", expires).putNull("footer").putNull("from_quote").putNull("header");
        quote.putNull("invoice");
        quote.set(
                "invoice_settings",
                Json.literal(
                        "{'custom_fields':null,'days_until_due':null,'description':null,'footer':null,'issuer':{'type':'self'}}"));
        quote.put("livemode", false).putObject("metadata");
        quote.putNull("number").putNull("on_behalf_of").put("status", "draft");
        quote.set("status_transitions", Json.literal("{'accepted_at':null,'canceled_at':null,'finalized_at':null}"));
        quote.putNull("subscription");
        quote.set(
                "subscription_data",
                Json.literal("{'billing_mode':{'flexible':{'proration_discounts':'included'},'type':'flexible'},"
                        + "'description':null,'effective_date':null,'metadata':null,'trial_period_days':null}"));
        quote.putNull("subscription_schedule").putNull("test_clock");
        quote.set("total_details", Json.literal("{'amount_discount':0,'amount_shipping':0,'amount_tax':0}"));
        return quote.putNull("transfer_data");
    }

    /** What a caller may say at creation and update alike. */
    static void apply(Params params, ObjectNode quote) {
        params.copy(quote, "description", "footer", "header");
        Metadata.apply(params, quote);
        String collection = params.oneOf("collection_method", "charge_automatically", "send_invoice");
        if (collection != null) {
            quote.put("collection_method", collection);
        }
        Long expires = params.integer("expires_at");
        if (expires != null) {
            quote.put("expires_at", expires);
        }
        Params invoice = params.child("invoice_settings");
        Long days = invoice == null ? null : invoice.integer("days_until_due");
        if (days != null) {
            ((ObjectNode) quote.get("invoice_settings")).put("days_until_due", days);
        }
        Params subscription = params.child("subscription_data");
        if (subscription != null) {
            subscription((ObjectNode) quote.get("subscription_data"), subscription);
        }
    }

    private static void subscription(ObjectNode data, Params given) {
        given.copy(data, "description");
        if (given.has("metadata")) {
            Metadata.apply(given, data);
        }
        Params mode = given.child("billing_mode");
        if (mode != null && "classic".equals(mode.oneOf("type", "classic", "flexible"))) {
            data.set("billing_mode", Json.object().putNull("flexible").put("type", "classic"));
        }
        if (given.has("trial_period_days")) {
            data.put("trial_period_days", given.integer("trial_period_days"));
        }
    }

    /** Sets the sums of a quote by its lines: what is due when it is accepted, and what comes back each period. */
    static void compute(ObjectNode quote, List<ObjectNode> lines) {
        List<ObjectNode> recurring =
                lines.stream().filter(QuoteJson::isRecurring).toList();
        ObjectNode computed = quote.putObject("computed");
        if (recurring.isEmpty()) {
            computed.putNull("recurring");
        } else {
            JsonNode each = recurring.get(0).path("price").path("recurring");
            ObjectNode again = sums(computed.putObject("recurring"), recurring);
            again.set("interval", each.get("interval"));
            again.set("interval_count", each.get("interval_count"));
        }
        sums(computed.putObject("upfront"), lines);
        ObjectNode all = sums(Json.object(), lines);
        all.properties().forEach(field -> quote.set(field.getKey(), field.getValue()));
        quote.put("currency", lines.isEmpty() ? null : Json.textOf(lines.get(0), "currency"));
    }

    static boolean isRecurring(ObjectNode line) {
        return Json.is(line, "price.type", "recurring");
    }

    @CanIgnoreReturnValue
    private static ObjectNode sums(ObjectNode into, List<ObjectNode> lines) {
        into.put("amount_subtotal", sum(lines, "amount_subtotal")).put("amount_total", sum(lines, "amount_total"));
        into.putObject("total_details")
                .put("amount_discount", sum(lines, "amount_discount"))
                .put("amount_shipping", 0)
                .put("amount_tax", sum(lines, "amount_tax"));
        return into;
    }

    private static long sum(List<ObjectNode> lines, String field) {
        return lines.stream().mapToLong(line -> Json.number(line, field)).sum();
    }
}
