package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.invoice.InvoiceRequest;
import io.tillstream.simulator.promotioncode.PromotionCodes.Purchase;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Coupons and codes that a request puts on a subscription. */
@Component
class Coupled {
    private final Discounts discounts;
    private final Costs costs;

    Coupled(Discounts discounts, Costs costs) {
        this.discounts = discounts;
        this.costs = costs;
    }

    /** Refuses what cannot be used; nothing is used yet. */
    List<Discounts.Wanted> wanted(Params params, ObjectNode subscription) {
        String currency = Json.textOf(subscription, "currency");
        long amount = 0;
        for (ObjectNode item : Subscriptions.items(subscription)) {
            amount += costs.gross(item, currency).longValue();
        }
        return discounts.wanted(params, new Purchase(Json.text(subscription, "customer"), currency, amount));
    }

    /** Makes their discounts, which are not used by that; gives the ids of those that the subscription is to have. */
    List<String> prepare(ObjectNode subscription, List<Discounts.Wanted> wanted) {
        Discounts.Target target =
                Discounts.Target.subscription(Json.textOf(subscription, "customer"), Json.textOf(subscription, "id"));
        List<String> ids = new ArrayList<>();
        for (Discounts.Wanted each : wanted) {
            ids.add(Json.textOf(discounts.prepare(each, target), "id"));
        }
        return ids;
    }

    /** Uses what was prepared: {@code ids} are those of {@code wanted}. */
    void use(List<Discounts.Wanted> wanted, List<String> ids) {
        for (int i = 0; i < ids.size(); i++) {
            discounts.use(wanted.get(i), discounts.store().get(ids.get(i)));
        }
    }

    /** The discount of an id that an object has. */
    ObjectNode known(JsonNode id) {
        return discounts.store().get(id.asString());
    }

    /** Uses what was prepared and waited to be paid. */
    void use(List<String> ids) {
        for (String id : ids) {
            ObjectNode discount = discounts.store().get(id);
            String coupon = Discounts.couponOf(discount);
            discounts.use(new Discounts.Wanted(coupon, Json.text(discount, "promotion_code"), null), discount);
        }
    }

    /** Those of {@link #prepare} that were made by it. */
    static List<String> fresh(List<Discounts.Wanted> wanted, List<String> ids) {
        List<String> fresh = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            if (wanted.get(i).discount() == null) {
                fresh.add(ids.get(i));
            }
        }
        return fresh;
    }

    /** A bill as it would be with the discounts of the request, which are not used by that. */
    InvoiceRequest lowered(InvoiceRequest bill, Params params) {
        if (!params.has("discounts")) {
            return bill;
        }
        long amount = bill.lines().stream().mapToLong(InvoiceLine::amount).sum();
        return bill.with(
                bill.lines(), foreseen(params, new Purchase(bill.customer(), bill.currency(), Math.max(0, amount))));
    }

    /** The discounts of a request as they would be; they are not used, and new ones not stored, by that. */
    List<ObjectNode> foreseen(Params params, Purchase purchase) {
        List<ObjectNode> foreseen = new ArrayList<>();
        for (Discounts.Wanted wanted : discounts.wanted(params, purchase)) {
            ObjectNode known = wanted.discount() == null
                    ? null
                    : discounts.store().find(wanted.discount()).orElse(null);
            ObjectNode discount =
                    known == null ? Json.object("discount", Ids.next("di")).putNull("end") : known;
            discount.putObject("source").put("coupon", wanted.coupon()).put("type", "coupon");
            foreseen.add(discount);
        }
        return foreseen;
    }

    /** A bill without what lowers one invoice only. */
    InvoiceRequest lasting(InvoiceRequest bill) {
        return bill.with(
                bill.lines(),
                bill.discounts().stream()
                        .filter(discount -> !discounts.isOnce(discount))
                        .toList());
    }

    /** Ends those that the subscription had and is not to keep. */
    void end(ObjectNode subscription, List<String> kept) {
        subscription.path("discounts").forEach(id -> {
            if (!kept.contains(id.stringValue())) {
                discounts.end(id.stringValue());
            }
        });
    }
}
