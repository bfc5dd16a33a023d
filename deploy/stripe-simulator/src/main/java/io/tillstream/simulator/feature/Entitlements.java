package io.tillstream.simulator.feature;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/entitlements/active_entitlements}: what customers may use, by what their subscriptions grant. */
@Component
class Entitlements implements Resource {
    private static final String CUSTOMER = "customer"; // whose it is; never shown
    private static final int ID_LENGTH = 32; // longer than other ids, after ent_test_
    private static final int SHOWN = 10; // as many as any list within an event holds

    private final Events events;
    private final Features features;
    private final Customers customers;
    private final Grants grants;
    private final Store active;

    Entitlements(Events events, Features features, Customers customers, Grants grants, Stores stores) {
        this.events = events;
        this.features = features;
        this.customers = customers;
        this.grants = grants;
        this.active = stores.open("entitlements.active_entitlement", "ent", CUSTOMER);
        events.follow(this::follow);
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/entitlements/active_entitlements", this::list).paged().takes(CUSTOMER);
        routes.get("/v1/entitlements/active_entitlements/{id}", call -> shown(call.object(active)));
    }

    private ObjectNode list(Call call) {
        String customer = call.params().required(CUSTOMER);
        call.referenced(customers.store(), CUSTOMER);
        ObjectNode list = call.list(active, new Query(active).where(CUSTOMER, customer));
        for (JsonNode each : list.get("data")) {
            var unused = shown((ObjectNode) each);
        }
        return list;
    }

    private static ObjectNode shown(ObjectNode entitlement) {
        entitlement.remove(CUSTOMER);
        return entitlement;
    }

    private void follow(String type, ObjectNode subscription) {
        if (type.startsWith("customer.subscription.") && Json.is(subscription, "object", "subscription")) {
            grants.learn(subscription);
            settle(Json.textOf(subscription, CUSTOMER));
        }
    }

    /** Makes what a customer has equal to what is granted, and tells it if that made a difference. */
    private void settle(String customer) {
        Set<String> granted = grants.of(customer);
        List<ObjectNode> before = of(customer);
        for (ObjectNode each : before) {
            if (!granted.remove(Json.textOf(each, "feature"))) {
                active.delete(Json.textOf(each, "id"), null);
            }
        }
        granted.forEach(feature -> active.add(entitlement(customer, feature)));
        List<ObjectNode> after = of(customer);
        if (!after.equals(before)) {
            ObjectNode summary = Json.object().put("object", "entitlements.active_entitlement_summary");
            summary.put(CUSTOMER, customer);
            summary.set("entitlements", listed(customer, after));
            ObjectNode previous = Json.object();
            previous.putObject("entitlements")
                    .set("data", listed(customer, before).get("data"));
            events.emit("entitlements.active_entitlement_summary.updated", summary.put("livemode", false), previous);
        }
    }

    private List<ObjectNode> of(String customer) {
        List<ObjectNode> all =
                new ArrayList<>(new Query(active).where(CUSTOMER, customer).all());
        Collections.reverse(all);
        return all;
    }

    private ObjectNode entitlement(String customer, String feature) {
        ObjectNode made = Json.object("entitlements.active_entitlement", "ent_test_" + Ids.random(ID_LENGTH));
        made.put(CUSTOMER, customer).put("feature", feature).put("livemode", false);
        return made.put("lookup_key", Json.textOf(features.store().get(feature), "lookup_key"));
    }

    private static ObjectNode listed(String customer, List<ObjectNode> all) {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        all.stream().limit(SHOWN).forEach(each -> data.add(shown(each.deepCopy())));
        return list.put("has_more", all.size() > SHOWN).put("url", "/v1/customer/" + customer + "/entitlements");
    }
}
