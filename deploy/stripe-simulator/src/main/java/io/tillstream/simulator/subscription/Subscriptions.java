package io.tillstream.simulator.subscription;

import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.proration.BillingCycle;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All subscriptions, what is read from them, and how they change: each change is told. */
@Component
public class Subscriptions {
    private final Events events;
    private final Store subscriptions;
    private final List<Consumer<String>> beforeTurn = new ArrayList<>();

    Subscriptions(Events events, Stores stores) {
        this.events = events;
        this.subscriptions = stores.open("subscription", "sub", "customer", "pending_setup_intent");
    }

    public Store store() {
        return subscriptions;
    }

    /** Called with the id of a subscription whose period is over, before the next one begins; may change it. */
    public void beforeTurn(Consumer<String> listener) {
        beforeTurn.add(listener);
    }

    void aboutToTurn(String id) {
        beforeTurn.forEach(listener -> listener.accept(id));
    }

    /** Changes a subscription and tells it as {@code customer.subscription.updated}. */
    @CanIgnoreReturnValue
    public ObjectNode change(String id, Consumer<ObjectNode> change) {
        return change("customer.subscription.updated", id, change);
    }

    @CanIgnoreReturnValue
    ObjectNode change(String event, String id, Consumer<ObjectNode> change) {
        Store.Change changed = subscriptions.update(id, change);
        events.changed(event, changed);
        return changed.object();
    }

    /** For what is part of a larger change that is told as a whole. */
    @CanIgnoreReturnValue
    ObjectNode changeQuietly(String id, Consumer<ObjectNode> change) {
        return subscriptions.update(id, change).object();
    }

    void tell(String event, String id) {
        events.emit(event, subscriptions.get(id));
    }

    static void become(ObjectNode subscription, SubscriptionStatus next) {
        SubscriptionStatus now = SubscriptionStatus.of(subscription);
        if (now != next && !now.canBecome(next)) {
            throw new IllegalStateException(Json.textOf(subscription, "id") + " is " + now + ", not " + next);
        }
        subscription.put("status", next.text());
    }

    Optional<ObjectNode> living(String id) {
        return subscriptions.find(id).filter(each -> !SubscriptionStatus.of(each)
                .ended());
    }

    List<ObjectNode> livingOf(String customer) {
        return new Query(subscriptions)
                .where("customer", customer)
                .where(each -> !SubscriptionStatus.of(each).ended())
                .all();
    }

    /** When two of the shortest intervals that a customer is billed by are over, counted from {@code now}; 0 for none. */
    public long shortestInterval(String customer, long now) {
        return livingOf(customer).stream()
                .map(each -> cycle(each, now))
                .map(cycle -> cycle.containing(cycle.containing(now).end()).end())
                .min(Long::compare)
                .orElse(0L);
    }

    Optional<ObjectNode> withItem(String item) {
        return new Query(subscriptions)
                .where(each -> items(each).stream().anyMatch(one -> Json.is(one, "id", item)))
                .newest();
    }

    static List<ObjectNode> items(JsonNode subscription) {
        List<ObjectNode> items = new ArrayList<>();
        subscription.path("items").path("data").forEach(item -> items.add((ObjectNode) item));
        return items;
    }

    static void setItems(ObjectNode subscription, List<ObjectNode> items) {
        ObjectNode list = (ObjectNode) subscription.get("items");
        ArrayNode data = list.putArray("data");
        items.forEach(data::add);
        list.put("total_count", items.size());
    }

    /** The period that is paid for now; the items of a subscription have the same. */
    static Period period(JsonNode subscription) {
        JsonNode item = items(subscription).get(0);
        return new Period(Json.number(item, "current_period_start"), Json.number(item, "current_period_end"));
    }

    static void setPeriod(ObjectNode subscription, Period period) {
        for (ObjectNode item : items(subscription)) {
            item.put("current_period_end", period.end()).put("current_period_start", period.start());
        }
    }

    static BillingCycle cycle(JsonNode subscription) {
        return cycle(subscription, Json.number(subscription, "billing_cycle_anchor"));
    }

    static BillingCycle cycle(JsonNode subscription, long anchor) {
        JsonNode recurring = items(subscription).get(0).path("price").path("recurring");
        return new BillingCycle(
                anchor, Json.textOf(recurring, "interval"), (int) Json.number(recurring, "interval_count"));
    }

    static boolean isFlexible(JsonNode subscription) {
        return Json.is(subscription.path("billing_mode"), "type", "flexible");
    }

    static boolean sendsInvoices(JsonNode subscription) {
        return Json.is(subscription, "collection_method", "send_invoice");
    }
}
