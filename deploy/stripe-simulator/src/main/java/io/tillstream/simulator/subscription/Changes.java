package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.proration.BillingCycle;
import io.tillstream.simulator.proration.Charged;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Works out what an update comes to; nothing is changed by that. */
@Component
class Changes {
    private final SubscriptionItems items;
    private final Costs costs;
    private final Ledger ledger;

    Changes(SubscriptionItems items, Costs costs, Ledger ledger) {
        this.items = items;
        this.costs = costs;
        this.ledger = ledger;
    }

    /** {@code agreed} is the subscription with its new terms, but its old items and dates. */
    Change of(ObjectNode before, ObjectNode agreed, Params params, long now) {
        ObjectNode after = agreed.deepCopy();
        Period period = Subscriptions.period(before);
        String behavior = Objects.requireNonNullElse(
                params.oneOf("proration_behavior", "create_prorations", "always_invoice", "none"), "create_prorations");
        long at = date(params, period, now);
        Subscriptions.setItems(after, items.after(before, params.children("items"), now));
        Subscriptions.setPeriod(after, period);
        boolean restarts = restart(before, after, params, now);
        SubscriptionStatus status = SubscriptionStatus.of(before);
        boolean prorates = !behavior.equals("none")
                && status.running()
                && status != SubscriptionStatus.TRIALING
                && period.contains(at);
        List<InvoiceLine> prorations = new ArrayList<>();
        Map<String, Charged> charged = new HashMap<>();
        if (prorates) {
            credit(before, after, at, restarts, prorations);
            if (!restarts) {
                debit(before, after, at, prorations, charged);
            }
        }
        List<InvoiceLine> begun = restarts ? begin(after, now) : List.of();
        boolean billed = restarts || (behavior.equals("always_invoice") && !prorations.isEmpty());
        return new Change(before, after, Subscriptions.period(after), prorations, begun, charged, billed);
    }

    /** What the unused time of all items is worth. */
    List<InvoiceLine> credits(ObjectNode subscription, long now) {
        List<InvoiceLine> credits = new ArrayList<>();
        SubscriptionStatus status = SubscriptionStatus.of(subscription);
        if (status.running() && status != SubscriptionStatus.TRIALING) {
            credit(subscription, subscription, now, true, credits);
        }
        return credits;
    }

    private static long date(Params params, Period period, long now) {
        Long date = params.integer("proration_date");
        if (date == null) {
            return now;
        }
        if (!period.contains(date) && date != period.end()) {
            throw StripeError.invalid(
                    null,
                    "Cannot specify `proration_date` outside of the subscription's current period.",
                    "proration_date");
        }
        return date;
    }

    /** Sets the dates of {@code after}; true if a period begins now, by Stripe's rules for when that is so. */
    private boolean restart(ObjectNode before, ObjectNode after, Params params, long now) {
        String trialEnd = params.text("trial_end");
        boolean trialing = SubscriptionStatus.of(before) == SubscriptionStatus.TRIALING;
        if (trialEnd != null && !trialEnd.equals("now")) {
            long end = params.requiredInteger("trial_end");
            Dates.refusePast(end, now);
            after.put("trial_end", end).put("billing_cycle_anchor", end);
            if (trialing) {
                Subscriptions.setPeriod(
                        after, new Period(Subscriptions.period(before).start(), end));
                return false;
            }
            after.put("trial_start", now);
            Subscriptions.become(after, SubscriptionStatus.TRIALING);
            Subscriptions.setPeriod(after, new Period(now, end));
            return true;
        }
        String anchor = params.oneOf("billing_cycle_anchor", "now", "unchanged");
        boolean endsTrial = trialing && (trialEnd != null || "now".equals(anchor));
        if (trialing && !endsTrial) {
            return false;
        }
        BillingCycle cycle = Subscriptions.cycle(after);
        boolean restarts = endsTrial
                || "now".equals(anchor)
                || !cycle.sameRhythm(Subscriptions.cycle(before))
                || (costs.isFree(before) && !costs.isFree(after));
        if (!restarts || !SubscriptionStatus.of(before).running()) {
            return false;
        }
        after.put("billing_cycle_anchor", now);
        if (endsTrial) {
            after.put("trial_end", now);
            Subscriptions.become(after, SubscriptionStatus.ACTIVE);
        }
        Subscriptions.setPeriod(after, Subscriptions.cycle(after).containing(now));
        return true;
    }

    private List<InvoiceLine> begin(ObjectNode after, long now) {
        Period period = Subscriptions.period(after);
        boolean trial = SubscriptionStatus.of(after) == SubscriptionStatus.TRIALING && period.contains(now);
        return trial ? costs.trial(after, period) : costs.whole(after, period);
    }

    /** For each item that changes or goes, what its unused time is worth. */
    private void credit(ObjectNode before, ObjectNode after, long at, boolean restarts, List<InvoiceLine> prorations) {
        List<ObjectNode> old = Subscriptions.items(before);
        List<Long> net = costs.net(before, at);
        for (int i = 0; i < old.size(); i++) {
            ObjectNode item = old.get(i);
            Charged charged = charged(before, item, net.get(i), at);
            if (charged != null && (restarts || !sameCost(item, find(after, item)))) {
                prorations.add(costs.unused(
                        item, charged.creditAfter(at), charged.period().after(at)));
            }
        }
    }

    /** What the rest of the period was paid with; by the older way of billing, its share of today's price. */
    private @Nullable Charged charged(ObjectNode before, ObjectNode item, long net, long at) {
        if (Subscriptions.isFlexible(before)) {
            return ledger.of(Json.textOf(item, "id"));
        }
        Period rest = Subscriptions.period(before).after(at);
        return new Charged(share(before, net, rest, at), rest);
    }

    private void debit(
            ObjectNode before, ObjectNode after, long at, List<InvoiceLine> prorations, Map<String, Charged> charged) {
        List<ObjectNode> wanted = Subscriptions.items(after);
        List<Long> net = costs.net(after, at);
        Period rest = Subscriptions.period(after).after(at);
        for (int i = 0; i < wanted.size(); i++) {
            ObjectNode item = wanted.get(i);
            if (!sameCost(item, find(before, item))) {
                long amount = share(after, net.get(i), rest, at);
                prorations.add(costs.remaining(item, amount, rest));
                charged.put(Json.textOf(item, "id"), new Charged(amount, rest));
            }
        }
    }

    /** A period that an anchor in the future cut short is a part of a whole one. */
    private static long share(ObjectNode subscription, long net, Period rest, long at) {
        Period whole = Subscriptions.cycle(subscription).containing(at);
        return whole.share(BigDecimal.valueOf(net), rest);
    }

    private static @Nullable ObjectNode find(ObjectNode subscription, JsonNode item) {
        return Subscriptions.items(subscription).stream()
                .filter(each -> Json.is(each, "id", Json.textOf(item, "id")))
                .findFirst()
                .orElse(null);
    }

    private static boolean sameCost(JsonNode item, @Nullable JsonNode other) {
        return other != null
                && Json.textOf(item.path("price"), "id").equals(Json.textOf(other.path("price"), "id"))
                && Json.number(item, "quantity") == Json.number(other, "quantity");
    }
}
