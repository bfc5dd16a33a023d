package io.tillstream.chaos.check.subscription;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.Item;
import io.tillstream.chaos.check.observation.StripeObjects.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** S1: a user has at most one live subscription to a plan at Stripe, but for those that somebody else made there for them. */
public final class OneLiveSubscriptionPerPlan {

    private static final String S1 = "S1";

    private OneLiveSubscriptionPerPlan() {}

    public static List<Breach> breaches(Observation seen) {
        Map<String, String> users = map(seen, "select stripe_customer_id, user_id from customers");
        Map<String, String> plans = map(seen, "select stripe_price_id, plan_id from plan_prices");
        Set<String> surplus = Set.copyOf(
                seen.database(Service.SUBSCRIPTIONS)
                        .texts(
                                "select stripe_subscription_id from subscriptions where surplus and stripe_subscription_id is not null"));
        List<Breach> breaches = new ArrayList<>();
        seen.subscriptions().stream()
                .filter(each -> each.isLive() && users.containsKey(each.customer()) && !surplus.contains(each.id()))
                .flatMap(each -> each.items().stream()
                        .map(Item::price)
                        .filter(plans::containsKey)
                        .limit(1)
                        .map(price -> Map.entry(users.get(each.customer()) + " to " + plans.get(price), each)))
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())))
                .forEach((whose, live) -> {
                    if (live.size() > 1) {
                        breaches.add(new Breach(
                                S1,
                                live.size() + " live subscriptions at Stripe of " + whose,
                                live.stream().map(Subscription::id).toList()));
                    }
                });
        return breaches;
    }

    private static Map<String, String> map(Observation seen, String sql) {
        return seen.rows(Service.SUBSCRIPTIONS, sql).stream()
                .map(Row::columns)
                .map(columns -> columns.values().toArray())
                .collect(Collectors.toMap(pair -> String.valueOf(pair[0]), pair -> String.valueOf(pair[1])));
    }
}
