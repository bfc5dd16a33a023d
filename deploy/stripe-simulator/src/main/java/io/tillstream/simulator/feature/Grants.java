package io.tillstream.simulator.feature;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What each subscription that is running grants. A product's features count as they were when the subscription took the
 * product or began its period: what is attached later is granted from the next period on, as Stripe does it.
 */
@Component
class Grants {
    private static final Set<String> RUNNING = Set.of("trialing", "active", "past_due");

    private final ProductFeatures features;
    private final Stores stores;
    private final StateMap<Grant> bySubscription;

    /** The features of a subscription, taken when its products and periods were as in {@code basis}. */
    private record Grant(String customer, String basis, Set<String> features) {}

    Grants(ProductFeatures features, Stores stores) {
        this.features = features;
        this.stores = stores;
        this.bySubscription = stores.map("feature.grants", Grant.class);
    }

    void learn(ObjectNode subscription) {
        String id = Json.textOf(subscription, "id");
        if (!RUNNING.contains(Json.textOf(subscription, "status"))) {
            bySubscription.remove(id);
            return;
        }
        StringBuilder basis = new StringBuilder();
        Set<String> granted = new LinkedHashSet<>();
        for (JsonNode item : subscription.path("items").path("data")) {
            product(item).ifPresent(product -> {
                basis.append(product)
                        .append(' ')
                        .append(Json.number(item, "current_period_start"))
                        .append(' ');
                granted.addAll(features.of(product));
            });
        }
        Grant known = bySubscription.get(id);
        if (known == null || !known.basis().contentEquals(basis)) {
            bySubscription.put(id, new Grant(Json.textOf(subscription, "customer"), basis.toString(), granted));
        }
    }

    private Optional<String> product(JsonNode item) {
        JsonNode price = item.path("price");
        JsonNode whole = price.isString()
                ? stores.find("price", price.stringValue())
                        .map(JsonNode.class::cast)
                        .orElse(price)
                : price;
        return Optional.ofNullable(Json.text(whole, "product"));
    }

    Set<String> of(String customer) {
        Set<String> all = new LinkedHashSet<>();
        for (Grant grant : bySubscription.values()) {
            if (grant.customer().equals(customer)) {
                all.addAll(grant.features());
            }
        }
        return all;
    }
}
