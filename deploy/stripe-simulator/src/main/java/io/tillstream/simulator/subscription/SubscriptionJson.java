package io.tillstream.simulator.subscription;

import io.tillstream.simulator.price.PlanJson;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import tools.jackson.databind.node.ObjectNode;

/** A subscription and its items as they look before anything was said about them. */
final class SubscriptionJson {
    private SubscriptionJson() {}

    static ObjectNode subscription(String customer, long now) {
        String id = Ids.next("sub");
        ObjectNode json = Json.object("subscription", id).putNull("application").putNull("application_fee_percent");
        json.set("automatic_tax", Json.literal("{'disabled_reason':null,'enabled':false,'liability':null}"));
        json.put("billing_cycle_anchor", now).putNull("billing_cycle_anchor_config");
        json.set(
                "billing_mode",
                Json.literal("{'flexible':{'proration_discounts':'included'},'type':'flexible'}")
                        .put("updated_at", now));
        json.putArray("billing_schedules");
        json.putNull("billing_thresholds").putNull("cancel_at").put("cancel_at_period_end", false);
        json.putNull("canceled_at");
        json.set("cancellation_details", Json.literal("{'comment':null,'feedback':null,'reason':null}"));
        json.put("collection_method", "charge_automatically")
                .put("created", now)
                .putNull("currency");
        json.put("customer", customer).putNull("customer_account").putNull("days_until_due");
        json.putNull("default_payment_method").putNull("default_source").putArray("default_tax_rates");
        json.putNull("description").putArray("discounts");
        json.putNull("ended_at");
        json.set(
                "invoice_settings",
                Json.literal("{'account_tax_ids':null,'custom_fields':null,'description':null,"
                        + "'footer':null,'issuer':{'type':'self'}}"));
        ObjectNode items = json.putObject("items").put("object", "list");
        items.putArray("data");
        items.put("has_more", false).put("total_count", 0).put("url", "/v1/subscription_items?subscription=" + id);
        json.putNull("latest_invoice").put("livemode", false);
        json.set("managed_payments", Json.literal("{'enabled':false}"));
        json.putObject("metadata");
        json.putNull("next_pending_invoice_item_invoice")
                .putNull("on_behalf_of")
                .putNull("pause_collection");
        json.set(
                "payment_settings",
                Json.literal("{'payment_method_options':null,'payment_method_types':null,"
                        + "'save_default_payment_method':'off'}"));
        json.putNull("pending_invoice_item_interval")
                .putNull("pending_setup_intent")
                .putNull("pending_update");
        json.putNull("schedule")
                .put("start_date", now)
                .put("status", "incomplete")
                .putNull("test_clock");
        json.putNull("transfer_data").putNull("trial_end");
        json.set("trial_settings", Json.literal("{'end_behavior':{'missing_payment_method':'create_invoice'}}"));
        return json.putNull("trial_start");
    }

    static ObjectNode item(String subscription, ObjectNode price, long now) {
        ObjectNode item = Json.object("subscription_item", Ids.nextShort("si")).putNull("billing_thresholds");
        item.put("created", now).put("current_period_end", now).put("current_period_start", now);
        item.putArray("discounts");
        item.putObject("metadata");
        setPrice(item, price);
        item.put("quantity", 1).put("subscription", subscription).putArray("tax_rates");
        if (Costs.isMetered(item)) {
            item.remove("quantity");
        }
        return item;
    }

    static void setPrice(ObjectNode item, ObjectNode price) {
        item.set("plan", PlanJson.of(price));
        item.set("price", price);
    }
}
