package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import java.util.HashMap;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the PaymentIntent or the subscription of a session is to be made with: given with the session, but no part of it. */
@Component
class SessionPlans {
    private final StateMap<Map<String, String>> byId;
    private final StateMap<ObjectNode> subscriptions;
    private final StateMap<String> newCustomers;

    SessionPlans(Stores stores) {
        this.byId = stores.nestedMap("checkout.intents", String.class);
        this.subscriptions = stores.map("checkout.subscriptions", ObjectNode.class);
        this.newCustomers = stores.map("checkout.new_customers", String.class);
    }

    void keep(String session, Params params) {
        Params subscription = params.child("subscription_data");
        if (subscription != null) {
            subscriptions.put(session, subscription.tree().deepCopy());
        }
        Params data = params.child("payment_intent_data");
        if (data != null) {
            Map<String, String> plan = new HashMap<>();
            flatten(data.tree(), "", plan);
            byId.put(session, plan);
        }
    }

    /** What the subscription is to be made with: a tree of parameters, to be changed by who makes it. */
    ObjectNode subscriptionParams(String session) {
        ObjectNode kept = subscriptions.get(session);
        return kept == null ? Json.object() : kept.deepCopy();
    }

    Map<String, String> intentParams(String session) {
        return byId.getOrDefault(session, Map.of());
    }

    /** The customer that was made for this session's buyer; it shows in the session only once it is complete. */
    StateMap<String> newCustomers() {
        return newCustomers;
    }

    void forget(String session) {
        byId.remove(session);
        subscriptions.remove(session);
        newCustomers.remove(session);
    }

    /** Nested parameters with the names they have in a form. */
    static void flatten(ObjectNode tree, String prefix, Map<String, String> into) {
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            String name = prefix.isEmpty() ? field.getKey() : prefix + "[" + field.getKey() + "]";
            if (field.getValue() instanceof ObjectNode nested) {
                flatten(nested, name, into);
            } else {
                into.put(name, field.getValue().asString());
            }
        }
    }
}
