package io.tillstream.simulator.testclock;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import io.tillstream.simulator.subscription.Subscriptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/test_helpers/test_clocks}. A clock stands until it is advanced; then what falls due on the way is done at its own
 * time, for its customers only (docs.stripe.com/billing/testing/test-clocks/api-advanced-usage).
 */
@Component
class TestClocks implements Resource {
    private static final int MOST_CUSTOMERS = 3; // Stripe's limit for a clock
    private static final Duration LIFE = Duration.ofDays(30); // Stripe deletes them then
    private static final long FARTHEST = Duration.ofDays(2 * 366).toSeconds(); // without a subscription

    private final Timeline timeline;
    private final BillingTime time;
    private final Events events;
    private final Customers customers;
    private final Subscriptions subscriptions;
    private final Store clocks;
    private final Work advance;
    private final Work deletion;

    TestClocks(
            Timeline timeline,
            BillingTime time,
            Events events,
            Customers customers,
            Subscriptions subscriptions,
            Stores stores) {
        this.timeline = timeline;
        this.time = time;
        this.events = events;
        this.customers = customers;
        this.subscriptions = subscriptions;
        this.clocks = stores.open(BillingTime.CLOCK, "clock");
        this.advance = timeline.work("test_clock.advance", with -> arrive(with.get(0), Long.parseLong(with.get(1))));
        this.deletion = timeline.work("test_clock.deletion", with -> delete(with.get(0)));
        customers.beforeClock(this::refuse);
    }

    @Override
    public void addTo(Routes routes) {
        String all = "/v1/test_helpers/test_clocks";
        routes.post(all, this::create).takes("frozen_time", "name");
        routes.get(all, call -> call.list(clocks, new Query(clocks))).paged();
        routes.get(all + "/{id}", call -> call.object(clocks, "test_clock"));
        routes.post(all + "/{id}/advance", this::advance).takes("frozen_time");
        routes.delete(all + "/{id}", call -> {
            call.object(clocks, "test_clock");
            delete(call.variable("id"));
            return Json.object(BillingTime.CLOCK, call.variable("id")).put("deleted", true);
        });
    }

    private ObjectNode create(Call call) {
        long frozen = call.params().requiredInteger("frozen_time");
        String id = Ids.next("clock");
        ObjectNode clock = Json.object(BillingTime.CLOCK, id).put("created", timeline.now());
        clock.put("deletes_after", timeline.now() + LIFE.toSeconds()).put("frozen_time", frozen);
        clock.put("livemode", false).put("name", call.params().text("name")).put("status", "ready");
        clock.putObject("status_details");
        clocks.add(clock);
        timeline.in(LIFE, deletion, id);
        events.emit("test_helpers.test_clock.created", clock);
        return clock;
    }

    /** Before a customer gets it. */
    private void refuse(String id) {
        if (clocks.find(id).isEmpty()) {
            throw StripeError.missingReference("testclock", id, "test_clock");
        }
        if (customersOf(id).size() >= MOST_CUSTOMERS) {
            throw StripeError.invalid(
                    null, "Test clocks can have at most " + MOST_CUSTOMERS + " customers: " + id, "test_clock");
        }
    }

    private List<ObjectNode> customersOf(String id) {
        return new Query(customers.store()).where("test_clock", id).all();
    }

    private ObjectNode advance(Call call) {
        ObjectNode clock = call.object(clocks, "test_clock");
        String id = call.variable("id");
        long target = target(clock, call.params());
        ObjectNode advancing = clocks.update(id, each -> {
                    each.put("status", "advancing");
                    each.putObject("status_details").putObject("advancing").put("target_frozen_time", target);
                })
                .object();
        events.emit("test_helpers.test_clock.advancing", advancing);
        timeline.in(Duration.ZERO, advance, id, Long.toString(target));
        return advancing;
    }

    private long target(ObjectNode clock, Params params) {
        long now = Json.number(clock, "frozen_time");
        long target = params.requiredInteger("frozen_time");
        if (target <= now) {
            throw StripeError.invalid(
                    null, "The frozen time must be after the test clock's current frozen time.", "frozen_time");
        }
        long farthest = customersOf(Json.textOf(clock, "id")).stream()
                .map(customer -> subscriptions.shortestInterval(Json.textOf(customer, "id"), now))
                .filter(end -> end > 0)
                .min(Long::compare)
                .orElse(now + FARTHEST);
        if (target > farthest) {
            throw StripeError.invalid(
                    null,
                    "You cannot advance a test clock more than two intervals at a time from its current frozen time, by"
                            + " the shortest subscription in it.",
                    "frozen_time");
        }
        return target;
    }

    private void arrive(String id, long target) {
        ObjectNode clock = clocks.find(id).orElse(null);
        if (clock == null) {
            return;
        }
        time.advance(id, Instant.ofEpochSecond(Json.number(clock, "frozen_time")), Instant.ofEpochSecond(target));
        ObjectNode ready = clocks.update(id, each -> {
                    each.put("frozen_time", target).put("status", "ready");
                    each.putObject("status_details");
                })
                .object();
        events.emit("test_helpers.test_clock.ready", ready);
    }

    /** With its customers, and so with all that is theirs. */
    private void delete(String id) {
        ObjectNode clock = clocks.find(id).orElse(null);
        if (clock == null) {
            return;
        }
        time.of(clock, () -> {
            customersOf(id).forEach(customer -> customers.delete(Json.textOf(customer, "id")));
            return clock;
        });
        time.drop(id);
        clocks.delete(id, null);
        events.emit("test_helpers.test_clock.deleted", clock);
    }
}
