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

    /** A bill as it would be with the discounts of the request, which are not used by that. */
    InvoiceRequest lowered(InvoiceRequest bill, Params params) {
        if (!params.has("discounts")) {
            return bill;
        }
        long amount = bill.lines().stream().mapToLong(InvoiceLine::amount).sum();
        List<ObjectNode> lowering = new ArrayList<>();
        for (Discounts.Wanted wanted :
                discounts.wanted(params, new Purchase(bill.customer(), bill.currency(), Math.max(0, amount)))) {
            ObjectNode discount = Json.object("discount", Ids.next("di")).putNull("end");
            discount.putObject("source").put("coupon", wanted.coupon()).put("type", "coupon");
            lowering.add(discount);
        }
        return new InvoiceRequest(
                bill.customer(),
                bill.currency(),
                bill.billingReason(),
                bill.subscription(),
                bill.subscriptionMetadata(),
                bill.periodStart(),
                bill.periodEnd(),
                bill.lines(),
                bill.collectionMethod(),
                bill.daysUntilDue(),
                bill.defaultPaymentMethod(),
                lowering,
                bill.autoAdvance(),
                bill.paymentSettings(),
                bill.defaultTaxRates());
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
