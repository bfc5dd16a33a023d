package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/subscription_items}: one item by itself. Each call is an update of its subscription. */
@Component
class SubscriptionItemResource implements Resource {
    private static final String[] ITEM = {"price", "price_data.*", "quantity", "metadata.*"};
    private static final String[] CHANGE = {"payment_behavior", "proration_behavior", "proration_date", "off_session"};

    private final Subscriptions subscriptions;
    private final Updates updates;

    SubscriptionItemResource(Subscriptions subscriptions, Updates updates) {
        this.subscriptions = subscriptions;
        this.updates = updates;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/subscription_items", this::create)
                .takesAnyOf(ITEM)
                .takesAnyOf(CHANGE)
                .takes("subscription");
        routes.get("/v1/subscription_items", this::list).paged().takes("subscription");
        routes.get("/v1/subscription_items/{id}", call -> item(call, subscription(call)));
        routes.post("/v1/subscription_items/{id}", this::update)
                .takesAnyOf(ITEM)
                .takesAnyOf(CHANGE);
        routes.delete("/v1/subscription_items/{id}", this::delete)
                .takesAnyOf(CHANGE)
                .takes("clear_usage=false");
    }

    private ObjectNode create(Call call) {
        String id = call.params().required("subscription");
        ObjectNode subscription = subscriptions
                .store()
                .find(id)
                .orElseThrow(() -> StripeError.missingReference("subscription", id, "subscription"));
        List<ObjectNode> before = Subscriptions.items(subscription);
        ObjectNode after = updates.update(subscription, change(call, Json.object()));
        List<ObjectNode> items = new ArrayList<>(Subscriptions.items(after));
        if (items.size() <= before.size()) {
            items = new ArrayList<>(Subscriptions.items(
                    after.path("pending_update").has("subscription_items")
                            ? Json.object()
                                    .set(
                                            "items",
                                            Json.object().set("data", after.at("/pending_update/subscription_items")))
                            : after));
        }
        return items.get(items.size() - 1);
    }

    private ObjectNode update(Call call) {
        ObjectNode subscription = subscription(call);
        ObjectNode item = Json.object().put("id", call.variable("id"));
        return item(call, updates.update(subscription, change(call, item)));
    }

    private ObjectNode delete(Call call) {
        ObjectNode subscription = subscription(call);
        ObjectNode item = Json.object().put("id", call.variable("id")).put("deleted", "true");
        updates.update(subscription, change(call, item));
        return Json.object("subscription_item", call.variable("id")).put("deleted", true);
    }

    /** The parameters of an update of the subscription that changes just this item. */
    private static Params change(Call call, ObjectNode item) {
        Params given = call.params();
        ObjectNode update = Json.object();
        for (String name : CHANGE) {
            if (given.has(name)) {
                update.set(name, given.raw(name));
            }
        }
        for (String name : new String[] {"price", "price_data", "quantity", "metadata"}) {
            if (given.has(name)) {
                item.set(name, given.raw(name));
            }
        }
        update.putObject("items").set("0", item);
        return new Params(update);
    }

    private ObjectNode list(Call call) {
        String id = call.params().required("subscription");
        ObjectNode subscription = subscriptions
                .store()
                .find(id)
                .orElseThrow(() -> StripeError.missingReference("subscription", id, "subscription"));
        List<ObjectNode> items = new ArrayList<>(Subscriptions.items(subscription));
        Collections.reverse(items); // newest first, as all lists
        String after = call.params().text("starting_after");
        while (after != null && !items.isEmpty()) {
            boolean found = Json.is(items.remove(0), "id", after);
            after = found ? null : after;
        }
        int limit = Math.min(call.limit(), items.size());
        return Call.list(call.url(), new Query.Slice(items.subList(0, limit), limit < items.size()));
    }

    private ObjectNode subscription(Call call) {
        String id = call.variable("id");
        return subscriptions.withItem(id).orElseThrow(() -> StripeError.missing("subscription_item", id, "item"));
    }

    private static ObjectNode item(Call call, ObjectNode subscription) {
        return Subscriptions.items(subscription).stream()
                .filter(each -> Json.is(each, "id", call.variable("id")))
                .findFirst()
                .orElseThrow();
    }
}
