package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.price.Prices;
import io.tillstream.simulator.state.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The phases of a schedule, as a caller gives them and as they follow from a subscription. */
@Component
class Phases {
    static final String[] PARAMS = {
        "phases.add_invoice_items.metadata.*",
        "phases.add_invoice_items.period.end.type=min_item_period_end",
        "phases.add_invoice_items.period.start.type=max_item_period_start",
        "phases.add_invoice_items.price",
        "phases.add_invoice_items.price_data.*",
        "phases.add_invoice_items.quantity",
        "phases.billing_cycle_anchor",
        "phases.collection_method",
        "phases.currency",
        "phases.default_payment_method",
        "phases.description",
        "phases.discounts.coupon",
        "phases.discounts.discount",
        "phases.discounts.promotion_code",
        "phases.duration.*",
        "phases.end_date",
        "phases.items.metadata.*",
        "phases.items.price",
        "phases.items.price_data.*",
        "phases.items.quantity",
        "phases.metadata.*",
        "phases.proration_behavior",
        "phases.start_date",
        "phases.trial",
        "phases.trial_end"
    };
    private static final int MOST = 10; // Stripe's limit of current and future phases

    private final Prices prices;
    private final Schedules schedules;
    private final PhaseRules rules;

    Phases(Prices prices, Schedules schedules, PhaseRules rules) {
        this.prices = prices;
        this.schedules = schedules;
        this.rules = rules;
    }

    static List<ObjectNode> of(JsonNode schedule) {
        List<ObjectNode> phases = new ArrayList<>();
        schedule.path("phases").forEach(phase -> phases.add((ObjectNode) phase));
        return phases;
    }

    static @Nullable ObjectNode starting(JsonNode schedule, long start) {
        return of(schedule).stream()
                .filter(phase -> Json.number(phase, "start_date") == start)
                .findFirst()
                .orElse(null);
    }

    static ObjectNode last(JsonNode schedule) {
        List<ObjectNode> all = of(schedule);
        return all.get(all.size() - 1);
    }

    /**
     * Reads phases of a schedule that follow each other from {@code start}; those that are {@code over} may be given again.
     * All have one currency: that of the subscription, which keeps its own, or else that of the first.
     */
    List<ObjectNode> read(ObjectNode schedule, List<Params> given, long start, List<ObjectNode> over) {
        List<Params> wanted = given.stream()
                .filter(params -> over.stream().noneMatch(past -> isStart(params, past)))
                .toList();
        if (wanted.size() > MOST) {
            throw StripeError.malformed(null, "A schedule can have at most 10 current and future phases.", "phases");
        }
        List<ObjectNode> phases = new ArrayList<>();
        String subscription = Json.text(schedule, "subscription");
        String currency = subscription == null ? null : Json.text(schedules.subscription(subscription), "currency");
        long from = start;
        for (int i = 0; i < wanted.size(); i++) {
            ObjectNode phase = phase(wanted.get(i), from, i == wanted.size() - 1, currency);
            rules.check(schedule, phase, wanted.get(i));
            phases.add(phase);
            from = Json.number(phase, "end_date");
            currency = Json.text(phase, "currency");
        }
        return phases;
    }

    private static boolean isStart(Params params, JsonNode past) {
        String start = params.text("start_date");
        boolean is = start != null && start.equals(Long.toString(Json.number(past, "start_date")));
        if (is) {
            params.needless(params.names().toArray(new String[0])); // it is over, and stays as it was
        }
        return is;
    }

    private ObjectNode phase(Params params, long from, boolean last, @Nullable String expected) {
        String date = params.text("start_date");
        long start = date == null || date.equals("now") ? from : params.requiredInteger("start_date");
        ObjectNode phase = Json.object();
        ArrayNode extras = phase.putArray("add_invoice_items");
        params.children("add_invoice_items").forEach(extra -> extras.add(extra(extra)));
        phase.putNull("application_fee_percent");
        phase.put("billing_cycle_anchor", params.oneOf("billing_cycle_anchor", "automatic", "phase_start"));
        phase.putNull("billing_thresholds");
        phase.put("collection_method", params.oneOf("collection_method", "charge_automatically", "send_invoice"));
        List<ObjectNode> items = items(params);
        ObjectNode price = prices.store().get(Json.textOf(items.get(0), "price"));
        phase.put("currency", currency(params, expected, price));
        phase.put("default_payment_method", params.text("default_payment_method"));
        phase.putArray("default_tax_rates");
        phase.put("description", params.text("description"));
        phase.set("discounts", discounts(params));
        long end = end(params, start, price, last);
        if (end <= start) {
            throw StripeError.invalid(
                    null, "The phase's `end_date` must be after its `start_date`.", params.param("end_date"));
        }
        phase.put("end_date", end).putNull("invoice_settings");
        ArrayNode list = phase.putArray("items");
        items.forEach(list::add);
        Metadata.apply(params, phase);
        String proration = params.oneOf("proration_behavior", "create_prorations", "always_invoice", "none");
        phase.putNull("on_behalf_of");
        phase.put("proration_behavior", proration == null ? "create_prorations" : proration);
        phase.put("start_date", start).putNull("transfer_data");
        return phase.put("trial_end", trialEnd(params, end));
    }

    private static String currency(Params params, @Nullable String expected, ObjectNode price) {
        String given = params.text("currency");
        if (given == null) {
            return expected == null ? Json.textOf(price, "currency") : expected;
        }
        String currency = Currencies.known(given, params.param("currency"));
        if (expected != null && !expected.equals(currency)) {
            throw StripeError.invalid(
                    null,
                    "All phases of a subscription schedule must have the same currency: `" + expected + "`, not `"
                            + currency + "`.",
                    params.param("currency"));
        }
        return currency;
    }

    private static @Nullable Long trialEnd(Params params, long end) {
        Long at = params.integer("trial_end");
        if (params.isTrue("trial")) {
            if (at != null) {
                throw StripeError.malformed(
                        null,
                        "You may only specify one of these parameters: trial, trial_end.",
                        params.param("trial_end"));
            }
            return end;
        }
        if (at != null && at > end) {
            throw StripeError.invalid(
                    null, "The phase's `trial_end` must not be after its `end_date`.", params.param("trial_end"));
        }
        return at;
    }

    private List<ObjectNode> items(Params params) {
        List<ObjectNode> items = new ArrayList<>();
        for (Params given : params.children("items")) {
            ObjectNode item = Json.object().putNull("billing_thresholds");
            item.putArray("discounts");
            Metadata.apply(given, item);
            ObjectNode price = price(given);
            if (!price.path("recurring").isObject()) {
                throw StripeError.invalid(
                        null,
                        "The price specified is set to `type=one_time` but this field only accepts prices with"
                                + " `type=recurring`.",
                        given.param("price"));
            }
            String id = Json.textOf(price, "id");
            Long quantity = given.integer("quantity");
            item.put("plan", id).put("price", id);
            if (quantity != null || !Json.is(price.path("recurring"), "usage_type", "metered")) {
                item.put("quantity", quantity == null ? 1 : quantity);
            }
            item.putArray("tax_rates");
            items.add(item);
        }
        if (items.isEmpty()) {
            throw StripeError.malformed(
                    "parameter_missing",
                    "Missing required param: " + params.param("items") + ".",
                    params.param("items"));
        }
        return items;
    }

    private ObjectNode price(Params given) {
        given.refuseBoth("price", "price_data");
        Params data = given.child("price_data");
        if (data != null) {
            return prices.inline(data);
        }
        String id = given.required(given.has("price") ? "price" : "plan");
        return prices.store()
                .find(id)
                .filter(known -> !Json.isTrue(known, "deleted"))
                .orElseThrow(() -> StripeError.missingReference("price", id, given.param("price")));
    }

    private ObjectNode extra(Params given) {
        ObjectNode extra = Json.object();
        extra.putArray("discounts");
        Metadata.apply(given, extra);
        extra.set(
                "period",
                Json.literal("{'end':{'type':'min_item_period_end'},'start':{'type':'max_item_period_start'}}"));
        Long quantity = given.integer("quantity");
        extra.put("price", Json.textOf(price(given), "id")).put("quantity", quantity == null ? 1 : quantity);
        extra.putArray("tax_rates");
        return extra;
    }

    private static ArrayNode discounts(Params params) {
        ArrayNode discounts = Json.object().putArray("discounts");
        for (Params given : params.children("discounts")) {
            discounts
                    .addObject()
                    .put("coupon", given.text("coupon"))
                    .put("discount", given.text("discount"))
                    .put("promotion_code", given.text("promotion_code"));
        }
        return discounts;
    }

    private static long end(Params params, long start, ObjectNode price, boolean last) {
        if (params.has("end_date")) {
            return params.requiredInteger("end_date");
        }
        Params duration = params.child("duration");
        if (duration != null) {
            Long count = duration.integer("interval_count");
            return plus(start, duration.required("interval"), count == null ? 1 : count);
        }
        Long iterations = params.integer("iterations");
        if (iterations == null && !last) {
            throw StripeError.malformed(
                    null, "Every phase but the last needs an `end_date` or a `duration`.", params.param("end_date"));
        }
        JsonNode recurring = price.path("recurring");
        long count = Json.number(recurring, "interval_count") * (iterations == null ? 1 : iterations);
        return plus(start, Json.textOf(recurring, "interval"), count);
    }

    private static long plus(long start, String interval, long count) {
        ZonedDateTime from = Instant.ofEpochSecond(start).atZone(ZoneOffset.UTC);
        ZonedDateTime to =
                switch (interval) {
                    case "day" -> from.plusDays(count);
                    case "week" -> from.plusWeeks(count);
                    case "year" -> from.plusYears(count);
                    default -> from.plusMonths(count);
                };
        return to.toEpochSecond();
    }

    /** The phase that a subscription is in by itself: as it is, until its period ends. */
    static ObjectNode running(ObjectNode subscription) {
        JsonNode first = subscription.path("items").path("data").get(0);
        ObjectNode phase = Json.literal("{'add_invoice_items':[],'application_fee_percent':null,"
                + "'billing_cycle_anchor':null,'billing_thresholds':null,'collection_method':null}");
        phase.set("currency", subscription.get("currency"));
        phase.set("default_payment_method", subscription.get("default_payment_method"));
        phase.putArray("default_tax_rates");
        phase.putNull("description");
        ArrayNode discounts = phase.putArray("discounts");
        subscription.path("discounts").forEach(discount -> discounts
                .addObject()
                .putNull("coupon")
                .put("discount", discount.isString() ? discount.stringValue() : Json.text(discount, "id"))
                .putNull("promotion_code"));
        phase.put("end_date", Json.number(first, "current_period_end")).putNull("invoice_settings");
        phase.set("items", runningItems(subscription));
        phase.set("metadata", subscription.get("metadata"));
        phase.putNull("on_behalf_of").put("proration_behavior", "create_prorations");
        phase.put("start_date", Json.number(first, "current_period_start")).putNull("transfer_data");
        boolean trialing = Json.is(subscription, "status", "trialing");
        return phase.put("trial_end", trialing ? Long.valueOf(Json.number(subscription, "trial_end")) : null);
    }

    static ArrayNode runningItems(JsonNode subscription) {
        ArrayNode items = Json.object().putArray("items");
        for (JsonNode each : subscription.path("items").path("data")) {
            ObjectNode item = items.addObject().putNull("billing_thresholds");
            item.putArray("discounts");
            item.set("metadata", each.get("metadata"));
            String price = Json.textOf(each.path("price"), "id");
            item.put("plan", price).put("price", price);
            if (Json.present(each, "quantity")) {
                item.put("quantity", Json.number(each, "quantity"));
            }
            item.putArray("tax_rates");
        }
        return items;
    }
}
