package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Stores;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Billing's objects as they were until 2025-03-31 (basil): one payment per invoice, one period per subscription. */
@Component
class BeforeBasil {
    private static final String[] NEW_IN_INVOICES = {
        "amount_overpaid", "confirmation_secret", "customer_account", "parent", "payments", "total_taxes"
    };
    private static final String[] NEW_IN_LINES = {"parent", "pricing", "quantity_decimal", "subtotal", "taxes"};
    private static final String[] NEW_IN_CREDIT_NOTES = {
        "post_payment_amount", "pre_payment_amount", "pretax_credit_amounts", "refunds", "total_taxes"
    };
    private static final String[] NEW_IN_SUBSCRIPTIONS = {
        "billing_mode", "billing_schedules", "customer_account", "managed_payments"
    };

    private final Stores stores;

    BeforeBasil(Stores stores) {
        this.stores = stores;
    }

    void render(ObjectNode object, @Nullable ObjectNode previous) {
        switch (String.valueOf(Json.text(object, "object"))) {
            case "invoice" -> invoice(object, previous);
            case "subscription" -> subscription(object, previous);
            case "invoiceitem" -> item(object);
            case "credit_note" -> creditNote(object);
            case "payment_intent" -> object.put("invoice", invoiceOf(Json.textOf(object, "id")));
            case "charge" -> object.put("invoice", invoiceOf(Json.text(object, "payment_intent")));
            default -> {
                // Told as it is.
            }
        }
    }

    private @Nullable String invoiceOf(@Nullable String intent) {
        return intent == null
                ? null
                : stores.ofType("invoice_payment")
                        .flatMap(payments -> new Query(payments)
                                .where("payment.payment_intent", intent)
                                .newest())
                        .map(payment -> Json.text(payment, "invoice"))
                        .orElse(null);
    }

    private void invoice(ObjectNode invoice, @Nullable ObjectNode previous) {
        JsonNode billed = invoice.path("parent").path("subscription_details");
        boolean paid = Json.is(invoice, "status", "paid");
        Optional<ObjectNode> payment = payment(Json.text(invoice, "id"));
        @Nullable
        String intent =
                payment.map(each -> Json.text(each, "payment.payment_intent")).orElse(null);
        invoice.put("subscription", Json.text(billed, "subscription"));
        invoice.putObject("subscription_details").set("metadata", billed.get("metadata"));
        invoice.put("payment_intent", intent);
        invoice.put(
                "charge",
                find(intent).map(found -> Json.text(found, "latest_charge")).orElse(null));
        invoice.put("paid", paid);
        invoice.put(
                "paid_out_of_band",
                paid
                        && payment.filter(each -> Json.is(each, "status", "canceled"))
                                .isPresent());
        invoice.set("discount", firstDiscount(invoice));
        invoice.putNull("application_fee_amount").putNull("quote").putNull("transfer_data");
        ArrayNode taxes = taxes(invoice.path("total_taxes"));
        invoice.set("total_tax_amounts", taxes);
        invoice.put("tax", taxes.isEmpty() ? null : sum(taxes));
        invoice.path("lines").path("data").forEach(line -> line((ObjectNode) line));
        for (String field : NEW_IN_INVOICES) {
            invoice.remove(field);
        }
        if (previous != null) {
            previous.path("lines").path("data").forEach(line -> line((ObjectNode) line));
            if (previous.has("status") && paid) {
                previous.put("paid", false);
            }
        }
    }

    private Optional<ObjectNode> payment(@Nullable String invoice) {
        return invoice == null
                ? Optional.empty()
                : stores.ofType("invoice_payment")
                        .flatMap(payments ->
                                new Query(payments).where("invoice", invoice).newest());
    }

    private Optional<ObjectNode> find(@Nullable String id) {
        return id == null ? Optional.empty() : stores.find(id);
    }

    /** There was one discount, and it was shown whole, with its coupon. */
    private @Nullable ObjectNode firstDiscount(ObjectNode object) {
        JsonNode first = object.path("discounts").path(0);
        ObjectNode discount = first instanceof ObjectNode whole
                ? whole.deepCopy()
                : find(first.isString() ? first.stringValue() : null).orElse(null);
        if (discount != null) {
            String coupon = Json.text(discount, "source.coupon");
            if (coupon != null) {
                stores.find("coupon", coupon).ifPresent(found -> discount.set("coupon", found));
            }
            discount.remove("source");
        }
        return discount;
    }

    private void line(ObjectNode line) {
        JsonNode parent = line.path("parent");
        boolean own = Json.is(parent, "type", "subscription_item_details");
        JsonNode details = parent.path(own ? "subscription_item_details" : "invoice_item_details");
        String item = Json.text(details, "invoice_item");
        line.put("type", item == null && own ? "subscription" : "invoiceitem");
        line.put("proration", Json.isTrue(details, "proration"));
        line.set("proration_details", details.get("proration_details"));
        line.put("subscription", Json.text(details, "subscription"));
        if (item != null) {
            line.put("invoice_item", item);
        }
        if (own) {
            line.put("subscription_item", Json.text(details, "subscription_item"));
        }
        priced(line);
        line.set("tax_amounts", taxes(line.path("taxes")));
        line.putArray("tax_rates");
        line.put("unit_amount_excluding_tax", Json.text(line, "pricing.unit_amount_decimal"));
        for (String field : NEW_IN_LINES) {
            line.remove(field);
        }
    }

    private static ArrayNode taxes(JsonNode newer) {
        ArrayNode older = Json.object().putArray("taxes");
        for (JsonNode tax : newer) {
            ObjectNode amount = older.addObject();
            amount.set("amount", tax.get("amount"));
            amount.put("inclusive", Json.is(tax, "tax_behavior", "inclusive"));
            amount.put("tax_rate", Json.text(tax, "tax_rate_details.tax_rate"));
            amount.set("taxability_reason", tax.get("taxability_reason"));
            amount.set("taxable_amount", tax.get("taxable_amount"));
        }
        return older;
    }

    private static Long sum(ArrayNode taxes) {
        return taxes.valueStream().mapToLong(tax -> Json.number(tax, "amount")).sum();
    }

    private void priced(ObjectNode object) {
        ObjectNode price =
                find(Json.text(object, "pricing.price_details.price")).orElse(null);
        object.set("price", price);
        object.set("plan", price != null && Json.present(price, "recurring") ? plan(price) : null);
    }

    private void item(ObjectNode item) {
        item.put("subscription", Json.text(item, "parent.subscription_details.subscription"));
        priced(item);
        item.put("unit_amount_decimal", Json.text(item, "pricing.unit_amount_decimal"));
        item.remove("parent");
        item.remove("pricing");
        item.remove("net_amount");
    }

    /** It had one refund at most. */
    private static void creditNote(ObjectNode note) {
        note.put("refund", Json.text(note.path("refunds").path(0), "refund"));
        note.set("tax_amounts", taxes(note.path("total_taxes")));
        for (JsonNode line : note.path("lines").path("data")) {
            ObjectNode each = (ObjectNode) line;
            each.set("tax_amounts", taxes(each.path("taxes")));
            each.remove("taxes");
            each.remove("pretax_credit_amounts");
        }
        for (String field : NEW_IN_CREDIT_NOTES) {
            note.remove(field);
        }
    }

    /** A recurring price in the words of the API before prices. */
    private static ObjectNode plan(ObjectNode price) {
        ObjectNode plan = Json.object("plan", Json.textOf(price, "id"));
        for (String field : new String[] {
            "active",
            "billing_scheme",
            "created",
            "currency",
            "livemode",
            "metadata",
            "nickname",
            "product",
            "tiers_mode"
        }) {
            plan.set(field, price.get(field));
        }
        for (String field : new String[] {"interval", "interval_count", "meter", "trial_period_days", "usage_type"}) {
            plan.set(field, price.path("recurring").get(field));
        }
        plan.set("amount", price.get("unit_amount"));
        plan.set("amount_decimal", price.get("unit_amount_decimal"));
        return plan.putNull("aggregate_usage").putNull("transform_usage");
    }

    private void subscription(ObjectNode subscription, @Nullable ObjectNode previous) {
        JsonNode items = subscription.path("items").path("data");
        if (previous != null) {
            periodOf(previous.path("items").path("data"), previous, items.path(0));
            previous.path("items").path("data").forEach(BeforeBasil::withoutPeriod);
        }
        periodOf(items, subscription, null);
        items.forEach(BeforeBasil::withoutPeriod);
        if (items.size() == 1) {
            subscription.set("plan", items.path(0).get("plan"));
            subscription.set("quantity", items.path(0).get("quantity"));
        } else {
            subscription.putNull("plan").putNull("quantity");
        }
        subscription.set("discount", firstDiscount(subscription));
        for (String field : NEW_IN_SUBSCRIPTIONS) {
            subscription.remove(field);
        }
    }

    /** Of the first item, as all of them had the same; of what was before only what differs. */
    private static void periodOf(JsonNode items, ObjectNode target, @Nullable JsonNode now) {
        for (String field : new String[] {"current_period_start", "current_period_end"}) {
            JsonNode value = items.path(0).get(field);
            if (value != null && (now == null || !value.equals(now.get(field)))) {
                target.set(field, value);
            }
        }
    }

    private static void withoutPeriod(JsonNode item) {
        ((ObjectNode) item).remove("current_period_start");
        ((ObjectNode) item).remove("current_period_end");
    }
}
