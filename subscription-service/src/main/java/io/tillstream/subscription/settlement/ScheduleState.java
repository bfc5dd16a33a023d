package io.tillstream.subscription.settlement;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import io.tillstream.subscription.subscription.SnapshotHash;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a subscription schedule of Stripe's says will change.
 *
 * @param subscriptionId null until it has begun one
 * @param startsAt when its next phase begins, with price and quantity of that; null: nothing will change
 * @see <a href="https://docs.stripe.com/api/subscription_schedules/object">Stripe: the Schedule object</a>
 */
record ScheduleState(
        String id,
        @Nullable String subscriptionId,
        @Nullable String customerId,
        String status,
        @Nullable String priceId,
        @Nullable Integer quantity,
        @Nullable Instant startsAt) {

    private static final Set<String> OPEN = Set.of("not_started", "active");
    private static final List<String> OVER_AT = List.of("released_at", "completed_at", "canceled_at");

    static ScheduleState read(JsonNode schedule) {
        String id = StripeJson.text(schedule, "id");
        String status = StripeJson.text(schedule, "status");
        if (id == null || status == null) {
            throw new UnreadableEvent("Subscription schedule without id or status");
        }
        String subscription = StripeJson.id(schedule, "subscription");
        if (subscription == null) {
            subscription = StripeJson.id(schedule, "released_subscription");
        }
        Optional<JsonNode> next = OPEN.contains(status) ? nextPhase(schedule) : Optional.empty();
        JsonNode item = next.map(phase -> phase.path("items").path(0)).orElse(null);
        String price = StripeJson.id(item, "price");
        return new ScheduleState(
                id,
                subscription,
                StripeJson.id(schedule, "customer"),
                status,
                price != null ? price : StripeJson.id(item, "plan"),
                StripeJson.count(item, "quantity"),
                next.map(phase -> StripeSubscriptionState.time(phase, "start_date"))
                        .orElse(null));
    }

    /** Stripe's clock, whole seconds, as a schedule shows it: its phase has begun, or it is over; 0 where it shows nothing. */
    static long latestTime(JsonNode schedule) {
        Long begun = StripeJson.number(schedule.get("current_phase"), "start_date");
        return Stream.concat(
                        Stream.ofNullable(begun),
                        OVER_AT.stream().flatMap(at -> Stream.ofNullable(StripeJson.number(schedule, at))))
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    boolean isOpen() {
        return OPEN.contains(status);
    }

    String fingerprint() {
        return SnapshotHash.of(toString());
    }

    private static Optional<JsonNode> nextPhase(JsonNode schedule) {
        Long present = StripeJson.number(schedule.get("current_phase"), "start_date");
        return schedule.path("phases")
                .valueStream()
                .filter(phase -> start(phase) > (present == null ? 0 : present))
                .min(Comparator.comparingLong(ScheduleState::start));
    }

    private static long start(JsonNode phase) {
        Long start = StripeJson.number(phase, "start_date");
        return start == null ? 0 : start;
    }
}
