package io.tillstream.chaos.check.money;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.Intent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * M2: nothing is called paid that Stripe holds no money for. A paid order has a succeeded, not wholly refunded PaymentIntent of its
 * amount and currency, a disputed one a succeeded one: what was refunded can be disputed too. A refunded one has none left that
 * is not disputed; a succeeded payment's intent has succeeded.
 */
public final class PaidOrdersHoldTheirMoney {

    private static final String M2 = "M2";
    private static final Set<String> HOLDS_MONEY = Set.of("PAID", "PARTIALLY_REFUNDED");
    private static final Set<String> HELD_MONEY = Set.of("DISPUTED", "DISPUTE_LOST");

    private PaidOrdersHoldTheirMoney() {}

    public static List<Breach> breaches(Observation seen) {
        List<Breach> breaches = new ArrayList<>();
        Map<String, List<Intent>> kept = KeptIntents.byOrder(seen);
        Map<String, List<Intent>> succeeded =
                seen.orderIntents().stream().filter(Intent::isSucceeded).collect(Collectors.groupingBy(Intent::order));
        for (Row order : seen.rows(Service.ORDERS, "select id, status, amount, currency from orders")) {
            List<Intent> ofOrder = kept.getOrDefault(order.text("id"), List.of());
            holds(order, HOLDS_MONEY, ofOrder, breaches);
            holds(order, HELD_MONEY, succeeded.getOrDefault(order.text("id"), List.of()), breaches);
            refunded(order, KeptIntents.undisputed(ofOrder, seen), breaches);
        }
        Map<String, Intent> intents = seen.intents().stream().collect(Collectors.toMap(Intent::id, intent -> intent));
        for (Row payment :
                seen.rows(Service.PAYMENTS, "select id, stripe_intent_id from payments where status = 'succeeded'")) {
            Intent intent = intents.get(payment.text("stripe_intent_id"));
            if (intent == null || !intent.isSucceeded()) {
                String id = payment.text("id");
                breaches.add(Breach.of(
                        M2,
                        "payment " + id + " is succeeded, but its intent is "
                                + (intent == null ? "not at Stripe" : intent.status()),
                        id,
                        payment.text("stripe_intent_id")));
            }
        }
        return breaches;
    }

    private static void holds(Row order, Set<String> statuses, List<Intent> intents, List<Breach> breaches) {
        String id = order.text("id");
        String status = order.text("status");
        boolean right = intents.stream()
                .anyMatch(intent -> intent.received() == order.number("amount")
                        && intent.currency().equals(order.text("currency")));
        if (statuses.contains(status) && !right) {
            breaches.add(Breach.of(M2, "order " + id + " is " + status + " without its money", id));
        }
    }

    private static void refunded(Row order, List<Intent> kept, List<Breach> breaches) {
        String id = order.text("id");
        if (order.text("status").equals("REFUNDED") && !kept.isEmpty()) {
            String intent = kept.get(0).id();
            breaches.add(Breach.of(M2, "order " + id + " is REFUNDED, but " + intent + " holds money", id, intent));
        }
    }
}
