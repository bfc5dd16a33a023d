package io.tillstream.simulator.subscription;

import io.tillstream.simulator.discount.CustomerDiscounts;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The discounts on a subscription: what they take off, and when they are used up. */
@Component
class Reductions {
    private final Discounts discounts;
    private final CustomerDiscounts ofCustomers;

    Reductions(Discounts discounts, CustomerDiscounts ofCustomers) {
        this.discounts = discounts;
        this.ofCustomers = ofCustomers;
    }

    /** The discount objects that lower what is billed for a time that begins {@code at}: its own, or the customer's. */
    List<ObjectNode> of(JsonNode subscription, long at) {
        List<ObjectNode> own = own(subscription, at);
        if (own.isEmpty()) {
            ofCustomers.of(Json.textOf(subscription, "customer"), at).ifPresent(own::add);
        }
        return own;
    }

    private List<ObjectNode> own(JsonNode subscription, long at) {
        List<ObjectNode> found = new ArrayList<>();
        subscription.path("discounts").forEach(id -> found.add(discounts.store().get(id.stringValue())));
        found.removeIf(discount -> Discounts.hasEnded(discount, at));
        return found;
    }

    /** What is left of the amounts of items after their own discounts: shares of each, or an amount off that the items share in proportion. */
    List<Long> net(List<ObjectNode> items, List<Long> gross, List<ObjectNode> reducing, String currency) {
        List<Long> net = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            long left = gross.get(i);
            for (ObjectNode own : ItemDiscountsAndTaxes.discounts(items.get(i))) {
                left -= applies(own, items.get(i)) ? discounts.off(own, left, currency) : 0;
            }
            net.add(left);
        }
        for (ObjectNode discount : reducing) {
            long base = 0;
            for (int i = 0; i < net.size(); i++) {
                base += applies(discount, items.get(i)) ? net.get(i) : 0;
            }
            boolean shared = discounts.isAmount(discount);
            long left = shared ? discounts.off(discount, base, currency) : 0;
            for (int i = 0; i < net.size(); i++) {
                if (applies(discount, items.get(i))) {
                    long of = net.get(i);
                    long off = shared ? part(left, of, base) : discounts.off(discount, of, currency);
                    net.set(i, of - off);
                    left -= shared ? off : 0;
                    base -= of;
                }
            }
        }
        return net;
    }

    private static long part(long off, long amount, long base) {
        return base == 0 ? 0 : new Period(0, base).share(BigDecimal.valueOf(off), new Period(0, amount));
    }

    private boolean applies(ObjectNode discount, JsonNode item) {
        return discounts.appliesTo(discount, Json.textOf(item.path("price"), "product"));
    }

    /** Takes off what is over: repeating ones that have ended, and those for one invoice once it was billed. */
    void prune(ObjectNode subscription, long at, boolean billed) {
        List<ObjectNode> all = own(subscription, Long.MIN_VALUE);
        String customer = Json.textOf(subscription, "customer");
        if (all.isEmpty() && billed) {
            ofCustomers.of(customer, at).filter(discounts::isOnce).ifPresent(used -> ofCustomers.end(customer));
        }
        ArrayNode left = subscription.putArray("discounts");
        for (ObjectNode discount : all) {
            String id = Json.textOf(discount, "id");
            if (Discounts.hasEnded(discount, at) || (billed && discounts.isOnce(discount))) {
                discounts.end(id);
            } else {
                left.add(id);
            }
        }
    }
}
