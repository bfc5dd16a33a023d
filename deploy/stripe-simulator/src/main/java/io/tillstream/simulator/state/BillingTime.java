package io.tillstream.simulator.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The time by which a customer is billed: the timeline's, or that of their test clock. Payments have the timeline's always:
 * Stripe's test clocks are for Billing (github.com/stripe/stripe-python/issues/1183).
 */
@Component
public class BillingTime {
    public static final String CLOCK = "test_helpers.test_clock";

    /** Fields that say whose an object is, the nearest first. */
    private static final List<String> OWNERS =
            List.of("customer", "subscription", "invoice", "payment_intent", "charge", "quote");

    private final Timeline timeline;
    private final Stores stores;

    public BillingTime(Timeline timeline, Stores stores) {
        this.timeline = timeline;
        this.stores = stores;
    }

    public Instant instant() {
        return timeline.standing();
    }

    /** Seconds since 1970. */
    public long now() {
        return instant().getEpochSecond();
    }

    public Work work(String name, Consumer<List<String>> does) {
        return timeline.work(name, does);
    }

    /** Work for later, by the clock of the customer that something is being done for. */
    public void in(Duration wait, Work work, String... with) {
        timeline.inStanding(wait, work, with);
    }

    /** Does something by the clock of this object's customer. */
    @CanIgnoreReturnValue
    public <T> T of(ObjectNode object, Supplier<T> work) {
        if (!hasClocks()) {
            return work.get();
        }
        String clock = clockOf(object);
        return clock == null ? work.get() : by(clock, work);
    }

    /** Does something by the clock of the first of these objects that has one. */
    public <T> T ofFirst(List<String> ids, Supplier<T> work) {
        if (!hasClocks()) {
            return work.get();
        }
        for (String id : ids) {
            String clock = stores.find(id).map(this::clockOf).orElse(null);
            if (clock != null) {
                return by(clock, work);
            }
        }
        return work.get();
    }

    /** The first test clock of these objects that is being advanced. */
    public Optional<String> advancing(List<String> ids) {
        return hasClocks()
                ? ids.stream()
                        .flatMap(id -> stores.find(id).map(this::clockOf).stream())
                        .filter(clock -> stores.ofType(CLOCK)
                                .flatMap(clocks -> clocks.find(clock))
                                .filter(each -> Json.is(each, "status", "advancing"))
                                .isPresent())
                        .findFirst()
                : Optional.empty();
    }

    private boolean hasClocks() {
        return stores.ofType(CLOCK).filter(clocks -> clocks.count() > 0).isPresent();
    }

    private <T> T by(String clock, Supplier<T> work) {
        Optional<ObjectNode> known = stores.ofType(CLOCK).flatMap(clocks -> clocks.find(clock));
        return known.isEmpty()
                ? work.get()
                : timeline.at(clock, Instant.ofEpochSecond(Json.number(known.get(), "frozen_time")), work);
    }

    /** The test clock of a customer; null for one without. */
    public @Nullable String clock(String customer) {
        return hasClocks()
                ? stores.find(customer)
                        .map(each -> Json.text(each, "test_clock"))
                        .orElse(null)
                : null;
    }

    /** The test clock of an object, of its customer, or of what it belongs to; null if there is none. */
    public @Nullable String clockOf(JsonNode object) {
        if (Json.is(object, "object", CLOCK)) {
            return Json.text(object, "id");
        }
        String own = Json.text(object, "test_clock");
        if (own != null) {
            return own;
        }
        for (String field : OWNERS) {
            String owner = Json.text(object, field);
            if (owner != null && !owner.equals(Json.text(object, "id"))) {
                return stores.find(owner).map(this::clockOf).orElse(null);
            }
        }
        return null;
    }

    /** Moves a clock; what falls due by it on the way is done at its own time. */
    public void advance(String clock, Instant from, Instant target) {
        timeline.advance(clock, from, target);
    }

    /** A clock is gone, with all that was due by it. */
    public void drop(String clock) {
        timeline.drop(clock);
    }
}
