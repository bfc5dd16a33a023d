package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.NewSubscriptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes a subscription what a phase says, by the same calls that a shop would make. */
@Component
class PhaseChange {
    private static final String[] SETTINGS = {"collection_method", "default_payment_method", "description"};

    private final Schedules schedules;
    private final OwnCalls stripe;
    private boolean underWay;

    PhaseChange(Schedules schedules, OwnCalls stripe) {
        this.schedules = schedules;
        this.stripe = stripe;
    }

    /** Makes the subscription with which a schedule begins; gives its id. */
    String subscribe(ObjectNode schedule, ObjectNode phase) {
        try {
            return subscribe(schedule, phase, "allow_incomplete");
        } catch (StripeError refused) {
            if (!Json.is(refused.error(), "code", "resource_missing")
                    || refused.error().has("param")) {
                throw refused;
            }
            return subscribe(schedule, phase, NewSubscriptions.AS_RENEWAL); // there is nothing to charge yet
        }
    }

    private String subscribe(ObjectNode schedule, ObjectNode phase, String behavior) {
        ObjectNode wanted = begun(schedule, phase);
        return Json.textOf(stripe.post("/v1/subscriptions", wanted.put("payment_behavior", behavior)), "id");
    }

    /** What a subscription is asked for that begins with a phase. */
    static ObjectNode begun(ObjectNode schedule, ObjectNode phase) {
        ObjectNode wanted = subscription(schedule, phase);
        if (Json.present(phase, "trial_end")) {
            wanted.put("trial_end", Long.toString(Json.number(phase, "trial_end")));
        }
        return wanted;
    }

    /** The same but for its trial. */
    static ObjectNode subscription(ObjectNode schedule, ObjectNode phase) {
        ObjectNode wanted = Json.object().put("customer", Json.textOf(schedule, "customer"));
        ObjectNode items = wanted.putObject("items");
        for (JsonNode item : phase.path("items")) {
            ObjectNode each = items.putObject(Integer.toString(items.size()));
            each.put("price", Json.textOf(item, "price"));
            quantity(each, item);
            each.set("metadata", item.path("metadata").deepCopy());
        }
        wanted.put("currency", Json.textOf(phase, "currency")); // its prices may have others too
        common(wanted, schedule, phase);
        return wanted;
    }

    /** What is metered has none. */
    static void quantity(ObjectNode wanted, JsonNode item) {
        if (Json.present(item, "quantity")) {
            wanted.put("quantity", Long.toString(Json.number(item, "quantity")));
        }
    }

    /** The same when nobody is there to be told of a refusal: it begins unpaid, and waits for its payment. */
    String subscribeLater(ObjectNode schedule, ObjectNode phase) {
        try {
            return subscribe(schedule, phase);
        } catch (StripeError refused) {
            return subscribe(schedule, phase, "default_incomplete");
        }
    }

    private static void common(ObjectNode wanted, ObjectNode schedule, ObjectNode phase) {
        JsonNode settings = schedule.path("default_settings");
        for (String field : SETTINGS) {
            String value = Json.text(phase, field);
            String usual = Json.text(settings, field);
            if (value != null || usual != null) {
                wanted.put(field, value == null ? usual : value);
            }
        }
        JsonNode invoices = settings.path("invoice_settings");
        if (Json.is(wanted, "collection_method", "send_invoice") && Json.present(invoices, "days_until_due")) {
            wanted.put("days_until_due", Long.toString(Json.number(invoices, "days_until_due")));
        }
        if (phase.path("metadata").size() > 0) {
            wanted.set("metadata", phase.get("metadata").deepCopy());
        }
        extras(wanted, phase);
        discounts(wanted, phase);
    }

    private static void extras(ObjectNode wanted, ObjectNode phase) {
        if (phase.path("add_invoice_items").isEmpty()) {
            return;
        }
        ObjectNode extras = wanted.putObject("add_invoice_items");
        for (JsonNode extra : phase.path("add_invoice_items")) {
            extras.putObject(Integer.toString(extras.size()))
                    .put("price", Json.textOf(extra, "price"))
                    .put("quantity", Long.toString(Json.number(extra, "quantity")));
        }
    }

    private static void discounts(ObjectNode wanted, ObjectNode phase) {
        if (phase.path("discounts").isEmpty()) {
            return;
        }
        ObjectNode discounts = wanted.putObject("discounts");
        for (JsonNode discount : phase.path("discounts")) {
            ObjectNode each = discounts.putObject(Integer.toString(discounts.size()));
            for (String field : new String[] {"coupon", "discount", "promotion_code"}) {
                String id = Json.text(discount, field);
                if (id != null) {
                    each.put(field, id);
                }
            }
        }
    }

    /** Changes a subscription to a phase; nothing is asked for if it is like that already. */
    void apply(String subscription, ObjectNode schedule, ObjectNode phase, String proration) {
        ObjectNode wanted = wanted(schedules.subscription(subscription), schedule, phase);
        if (!wanted.isEmpty()) {
            underWay = true;
            try {
                stripe.post("/v1/subscriptions/" + subscription, wanted.put("proration_behavior", proration));
            } finally {
                underWay = false;
            }
        }
    }

    /** What an update is asked for that makes a subscription what a phase says; empty if it is that. */
    static ObjectNode wanted(ObjectNode now, ObjectNode schedule, ObjectNode phase) {
        ObjectNode wanted = Json.object();
        ObjectNode items = items(now, phase);
        if (!items.isEmpty()) {
            wanted.set("items", items);
        }
        common(wanted, schedule, phase);
        if (phase.path("discounts").isEmpty() && !now.path("discounts").isEmpty()) {
            wanted.put("discounts", "");
        }
        trial(now, phase, wanted);
        if (Json.is(phase, "billing_cycle_anchor", "phase_start")) {
            wanted.put("billing_cycle_anchor", "now");
        }
        return wanted;
    }

    /** Whether what a subscription tells now comes from its schedule. */
    boolean isUnderWay() {
        return underWay;
    }

    /** Whether a subscription has other items than a phase says. */
    static boolean differ(ObjectNode phase, ObjectNode subscription) {
        return !items(subscription, phase).isEmpty();
    }

    /** Whether a subscription has its end behind it, or at this moment. */
    boolean endsBy(String subscription, long now) {
        long end = Json.number(schedules.subscription(subscription), "cancel_at");
        return end > 0 && end <= now;
    }

    private static void trial(ObjectNode now, ObjectNode phase, ObjectNode wanted) {
        long end = Json.number(phase, "trial_end");
        if (end > 0 && end != Json.number(now, "trial_end")) {
            wanted.put("trial_end", Long.toString(end));
        }
    }

    /** Items of the same price stay, others take over those that go, in their order. */
    private static ObjectNode items(ObjectNode subscription, ObjectNode phase) {
        Map<String, JsonNode> known = new HashMap<>();
        List<JsonNode> free = new ArrayList<>();
        for (JsonNode item : subscription.path("items").path("data")) {
            known.put(Json.textOf(item.path("price"), "id"), item);
        }
        List<JsonNode> added = new ArrayList<>();
        ObjectNode changes = Json.object();
        for (JsonNode wanted : phase.path("items")) {
            JsonNode same = known.remove(Json.textOf(wanted, "price"));
            if (same == null) {
                added.add(wanted);
            } else if (Json.number(same, "quantity") != Json.number(wanted, "quantity")) {
                add(changes, wanted, same);
            }
        }
        for (JsonNode item : subscription.path("items").path("data")) {
            if (known.containsValue(item)) {
                free.add(item);
            }
        }
        for (JsonNode wanted : added) {
            add(changes, wanted, free.isEmpty() ? null : free.remove(0));
        }
        free.forEach(item -> changes.putObject(Integer.toString(changes.size()))
                .put("id", Json.textOf(item, "id"))
                .put("deleted", "true"));
        return changes;
    }

    private static void add(ObjectNode changes, JsonNode wanted, @Nullable JsonNode known) {
        ObjectNode each = changes.putObject(Integer.toString(changes.size()));
        if (known != null) {
            each.put("id", Json.textOf(known, "id"));
        }
        each.put("price", Json.textOf(wanted, "price"));
        quantity(each, wanted);
    }

    /** Sets the date on which a subscription ends; null takes it away. */
    void endAt(String subscription, @Nullable Long end) {
        ObjectNode now = schedules.subscription(subscription);
        boolean same = end == null ? !Json.present(now, "cancel_at") : Json.number(now, "cancel_at") == end;
        if (!same) {
            stripe.post(
                    "/v1/subscriptions/" + subscription,
                    Json.object()
                            .put("cancel_at", end == null ? "" : Long.toString(end))
                            .put("proration_behavior", "none"));
        }
    }
}
