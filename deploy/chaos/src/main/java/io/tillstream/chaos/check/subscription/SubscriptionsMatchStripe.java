package io.tillstream.chaos.check.subscription;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.Item;
import io.tillstream.chaos.check.observation.StripeObjects.Subscription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** S1: each subscription has the status, price, quantity and period that Stripe's has, and each of Stripe's of our plans is here. */
public final class SubscriptionsMatchStripe {

    private static final String S1 = "S1";
    private static final String HERE = """
            select id, stripe_subscription_id, status, plan_id, stripe_price_id, quantity, current_period_start,
                   current_period_end
            from subscriptions where stripe_subscription_id is not null
            """;

    private final Observation seen;
    private final Map<String, String> planOfPrice;
    private final List<Breach> breaches = new ArrayList<>();

    private SubscriptionsMatchStripe(Observation seen) {
        this.seen = seen;
        this.planOfPrice = seen.rows(Service.SUBSCRIPTIONS, "select stripe_price_id, plan_id from plan_prices").stream()
                .collect(Collectors.toMap(row -> row.text("stripe_price_id"), row -> row.text("plan_id")));
    }

    public static List<Breach> breaches(Observation seen) {
        var invariant = new SubscriptionsMatchStripe(seen);
        invariant.compare();
        return invariant.breaches;
    }

    private void compare() {
        Map<String, Subscription> there =
                seen.subscriptions().stream().collect(Collectors.toMap(Subscription::id, each -> each));
        Set<String> known = new HashSet<>();
        for (Row row : seen.rows(Service.SUBSCRIPTIONS, HERE)) {
            String stripeId = row.text("stripe_subscription_id");
            known.add(stripeId);
            Subscription atStripe = there.get(stripeId);
            if (atStripe == null) {
                breach("subscription " + row.text("id") + " is not at Stripe", row.text("id"), stripeId);
            } else {
                compare(row, atStripe);
            }
        }
        missing(known);
    }

    private void compare(Row row, Subscription there) {
        differ(row, there, "status", row.text("status"), there.status());
        Item item = there.itemOf(planOfPrice.keySet());
        if (item == null) {
            return;
        }
        differ(row, there, "price", row.text("stripe_price_id"), item.price());
        differ(row, there, "quantity", row.text("quantity"), Long.toString(item.quantity()));
        differ(row, there, "period's start", row.time("current_period_start"), item.start());
        differ(row, there, "period's end", row.time("current_period_end"), item.end());
        String plan = planOfPrice.get(item.price());
        if (plan != null) {
            differ(row, there, "plan", row.text("plan_id"), plan);
        }
    }

    private void differ(Row row, Subscription there, String what, @Nullable Object here, @Nullable Object atStripe) {
        if (!Objects.equals(here, atStripe)) {
            String id = row.text("id");
            breach(
                    "subscription " + id + ": its " + what + " is " + here + " here, " + atStripe + " at Stripe",
                    id,
                    there.id());
        }
    }

    /** Of a customer of ours, to a plan of ours: whoever made it, its user has it. */
    private void missing(Set<String> known) {
        Set<String> customers =
                Set.copyOf(seen.database(Service.SUBSCRIPTIONS).texts("select stripe_customer_id from customers"));
        for (Subscription there : seen.subscriptions()) {
            boolean ours = customers.contains(there.customer())
                    && there.items().stream().anyMatch(item -> planOfPrice.containsKey(item.price()));
            if (ours && !known.contains(there.id())) {
                breach(
                        there.id() + " is " + there.status() + " at Stripe and not known here",
                        there.id(),
                        there.customer());
            }
        }
    }

    private void breach(String sentence, String... ids) {
        breaches.add(Breach.of(S1, sentence, ids));
    }
}
