package io.tillstream.simulator.schedule;

import io.tillstream.simulator.customer.CustomerCurrencies;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** All schedules, and the subscriptions that know of theirs. */
@Component
class Schedules {
    private static final Set<String> OPEN = Set.of("not_started", "active");

    private final CustomerCurrencies currencies;
    private final Events events;
    private final Stores stores;
    private final Store schedules;

    Schedules(Events events, Stores stores, CustomerCurrencies currencies) {
        currencies.usedBy(this::notBegun);
        this.currencies = currencies;
        this.events = events;
        this.stores = stores;
        this.schedules = stores.open("subscription_schedule", "sub_sched", "subscription", "customer");
    }

    /** The currencies of what is to begin; what has begun is a subscription. */
    private Stream<String> notBegun(String customer) {
        return new Query(schedules)
                        .where("customer", customer)
                        .where(schedule -> Json.is(schedule, "status", "not_started"))
                        .all()
                        .stream()
                        .map(schedule -> Json.text(schedule.path("phases").path(0), "currency"))
                        .filter(Objects::nonNull);
    }

    Store store() {
        return schedules;
    }

    static boolean isOpen(JsonNode schedule) {
        return OPEN.contains(Json.textOf(schedule, "status"));
    }

    void add(ObjectNode schedule) {
        refuseOtherCurrency(schedule);
        schedules.add(schedule);
        events.emit("subscription_schedule.created", schedule);
    }

    /** Of one that is to begin, the currency has to be that of all else; what has begun was refused or not by then. */
    void refuseOtherCurrency(ObjectNode schedule) {
        if (Json.is(schedule, "status", "not_started")) {
            JsonNode first = schedule.path("phases").path(0);
            currencies.refuseOther(Json.textOf(schedule, "customer"), Json.textOf(first, "currency"));
        }
    }

    /** Changes a schedule and tells it; {@code event} as in {@code subscription_schedule.updated}. */
    @CanIgnoreReturnValue
    ObjectNode change(String event, String id, Consumer<ObjectNode> change) {
        Store.Change changed = schedules.update(id, change);
        events.changed("subscription_schedule." + event, changed);
        return changed.object();
    }

    void tell(String event, String id) {
        events.emit("subscription_schedule." + event, schedules.get(id));
    }

    Optional<ObjectNode> ofSubscription(String subscription) {
        return new Query(schedules)
                .where("subscription", subscription)
                .where(Schedules::isOpen)
                .newest();
    }

    ObjectNode subscription(String id) {
        return stores.ofType("subscription").orElseThrow().get(id);
    }

    /** Writes into the subscription which schedule it follows; null for none any more. */
    void attach(String subscription, @Nullable String schedule) {
        Store subscriptions = stores.ofType("subscription").orElseThrow();
        events.changed(
                "customer.subscription.updated",
                subscriptions.update(subscription, each -> each.put("schedule", schedule)));
    }
}
