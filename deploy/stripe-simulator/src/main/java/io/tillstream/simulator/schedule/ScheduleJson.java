package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A schedule as it is made from its parameters. */
final class ScheduleJson {
    static final String[] PARAMS = {
        "default_settings.billing_cycle_anchor",
        "default_settings.collection_method",
        "default_settings.default_payment_method",
        "default_settings.description",
        "default_settings.invoice_settings.days_until_due",
        "end_behavior",
        "metadata.*"
    };

    private ScheduleJson() {}

    static ObjectNode create(String customer, long now) {
        ObjectNode schedule = Json.object("subscription_schedule", Ids.next("sub_sched"));
        schedule.putNull("application");
        schedule.set("billing_mode", Json.literal("{'flexible':{'proration_discounts':'included'},'type':'flexible'}"));
        schedule.putNull("canceled_at")
                .putNull("completed_at")
                .put("created", now)
                .putNull("current_phase");
        schedule.put("customer", customer).putNull("customer_account");
        schedule.set(
                "default_settings",
                Json.literal("{'application_fee_percent':null,'automatic_tax':{'disabled_reason':null,'enabled':false,"
                        + "'liability':null},'billing_cycle_anchor':'automatic','billing_thresholds':null,"
                        + "'collection_method':'charge_automatically','default_payment_method':null,"
                        + "'description':null,'invoice_settings':{'account_tax_ids':null,'custom_fields':null,"
                        + "'days_until_due':null,'description':null,'footer':null,'issuer':{'type':'self'}},"
                        + "'on_behalf_of':null,'transfer_data':null}"));
        schedule.put("end_behavior", "release").put("livemode", false).putObject("metadata");
        schedule.putArray("phases");
        schedule.putNull("released_at").putNull("released_subscription").put("status", "not_started");
        return schedule.putNull("subscription").putNull("test_clock");
    }

    /** What is given, or else what the subscription has that the schedule is taken from. */
    static void settings(Params params, ObjectNode schedule, JsonNode subscription) {
        Metadata.apply(params, schedule);
        String end = params.oneOf("end_behavior", "cancel", "none", "release", "renew");
        if (end != null) {
            schedule.put("end_behavior", end);
        }
        ObjectNode settings = (ObjectNode) schedule.get("default_settings");
        for (String field : new String[] {"collection_method", "default_payment_method", "description"}) {
            if (Json.present(subscription, field)) {
                settings.set(field, subscription.get(field));
            }
        }
        Params given = params.child("default_settings");
        if (given == null) {
            return;
        }
        given.copy(settings, "billing_cycle_anchor", "collection_method", "default_payment_method", "description");
        Params invoices = given.child("invoice_settings");
        Long days = invoices == null ? null : invoices.integer("days_until_due");
        if (days != null) {
            ((ObjectNode) settings.get("invoice_settings")).put("days_until_due", days);
        }
    }
}
