package io.tillstream.stripe;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionScheduleUpdateParams.Phase;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The phases of a subscription schedule, as Stripe shows them, sent once more: Stripe replaces all of them by those it is sent,
 * so one that is to stay is sent as it is. The card is another's to say: a phase keeps the one of the day it was planned, and
 * sets it again when it begins.
 */
public final class SchedulePhaseParams {

    private static final String CARD = "default_payment_method";
    private static final String PRORATION = "proration_behavior";
    private static final Set<String> OVER = Set.of("released", "completed", "canceled");

    private SchedulePhaseParams() {}

    public static JsonNode current(JsonNode schedule) {
        Long start = number(schedule.path("current_phase"), "start_date");
        JsonNode phases = schedule.path("phases");
        return phases.valueStream()
                .filter(phase -> Objects.equals(number(phase, "start_date"), start))
                .findFirst()
                .orElseGet(() -> phases.path(0));
    }

    /** Those that are still to come. */
    public static List<JsonNode> later(JsonNode schedule) {
        Long start = number(current(schedule), "start_date");
        return schedule.path("phases")
                .valueStream()
                .filter(phase -> isLater(phase, start))
                .toList();
    }

    /** Whether it changes nothing any more, and takes no change either. */
    public static boolean isOver(JsonNode schedule) {
        return OVER.contains(schedule.path("status").asString(""));
    }

    /** The running one; what it added to its first invoice is on that, and would be taken again. */
    public static Phase asItIs(JsonNode phase, @Nullable String card) {
        ObjectNode request = SchedulePhaseCopy.request(phase);
        request.remove("add_invoice_items");
        request.put(PRORATION, "none");
        return paidWith(request, card);
    }

    /** One that is to come, billed at its beginning as it was planned. */
    public static Phase asPlanned(JsonNode phase, @Nullable String card) {
        ObjectNode request = SchedulePhaseCopy.request(phase);
        if (!request.hasNonNull(PRORATION)) {
            request.put(PRORATION, "none");
        }
        return paidWith(request, card);
    }

    /**
     * All of it as it is, paid with this card; empty where it is. A phase without a card of its own is left without one: Stripe
     * pays it with the schedule's, and no phase is sent where none has another card. Nor is the running one alone: its card is the
     * subscription's to say, and what was planned since, or has come back, would be lost.
     *
     * @see <a href="https://docs.stripe.com/billing/subscriptions/subscription-schedules">Stripe: a phase's attribute comes
     *     before that of default_settings</a>
     */
    public static Optional<SubscriptionScheduleUpdateParams> paidWith(JsonNode schedule, String card) {
        boolean otherCard = isOtherPlanned(schedule, own -> card);
        boolean followsSchedule = LostScheduleEnd.isKept(schedule) // what comes back with it may name no card
                || all(schedule).anyMatch(phase -> card(phase) == null);
        boolean otherDefault = followsSchedule && !card.equals(id(schedule.path("default_settings"), CARD));
        if (isOver(schedule) || (!otherCard && !otherDefault)) {
            return Optional.empty();
        }
        var params = defaultCard(card);
        if (otherCard) {
            addPhases(params, schedule, own -> card);
        }
        return Optional.of(params.build());
    }

    /**
     * All of it as it is, with other cards where cards are named; empty where none is another then. The running phase alone is
     * not sent, as above.
     *
     * @param next the card that takes the place of one, which may be the same
     */
    public static Optional<SubscriptionScheduleUpdateParams> withCards(JsonNode schedule, UnaryOperator<String> next) {
        String before = id(schedule.path("default_settings"), CARD);
        boolean otherDefault = before != null && !next.apply(before).equals(before);
        boolean otherCard = isOtherPlanned(schedule, next);
        if (isOver(schedule) || (!otherCard && !otherDefault)) {
            return Optional.empty();
        }
        var params = otherDefault
                ? defaultCard(next.apply(before))
                : SubscriptionScheduleUpdateParams.builder()
                        .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE);
        if (otherCard) {
            addPhases(params, schedule, next);
        }
        return Optional.of(params.build());
    }

    private static Stream<JsonNode> all(JsonNode schedule) {
        return Stream.concat(Stream.of(current(schedule)), later(schedule).stream());
    }

    private static boolean isOtherPlanned(JsonNode schedule, UnaryOperator<String> next) {
        boolean isPlanned = !runs(schedule) || !later(schedule).isEmpty();
        return isPlanned
                && all(schedule)
                        .map(SchedulePhaseParams::card)
                        .anyMatch(own -> own != null && !next.apply(own).equals(own));
    }

    private static boolean runs(JsonNode schedule) {
        return schedule.path("current_phase").isObject();
    }

    private static SubscriptionScheduleUpdateParams.Builder defaultCard(String card) {
        return SubscriptionScheduleUpdateParams.builder()
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .setDefaultSettings(SubscriptionScheduleUpdateParams.DefaultSettings.builder()
                        .setDefaultPaymentMethod(card)
                        .build());
    }

    /** Where a phase names no card it stays without. That all were written is marked: an end that is set meanwhile is lost by it. */
    private static void addPhases(
            SubscriptionScheduleUpdateParams.Builder params, JsonNode schedule, UnaryOperator<String> next) {
        JsonNode current = current(schedule);
        String card = other(current, next);
        params.addPhase(runs(schedule) ? asItIs(current, card) : asPlanned(current, card));
        later(schedule).forEach(phase -> params.addPhase(asPlanned(phase, other(phase, next))));
        if (!LostScheduleEnd.isMarked(schedule)) { // else the end was there before
            params.putMetadata(LostScheduleEnd.CARD_WRITTEN, "true");
        }
    }

    private static @Nullable String other(JsonNode phase, UnaryOperator<String> next) {
        String own = card(phase);
        return own == null ? null : next.apply(own);
    }

    /** The card that the phase sets when it begins; null: the schedule's, or its customer's. */
    public static @Nullable String card(JsonNode phase) {
        return id(phase, CARD);
    }

    private static Phase paidWith(ObjectNode request, @Nullable String card) {
        request.remove(CARD);
        if (card != null) {
            request.put(CARD, card);
        }
        return SchedulePhaseCopy.typed(request);
    }

    public static Phase.Discount discount(JsonNode discount) {
        var params = Phase.Discount.builder();
        String existing = id(discount, "discount");
        String code = id(discount, "promotion_code");
        String coupon = id(discount, "coupon");
        if (existing != null) {
            params.setDiscount(existing);
        } else if (code != null) {
            params.setPromotionCode(code);
        } else if (coupon != null) {
            params.setCoupon(coupon);
        }
        return params.build();
    }

    private static boolean isLater(JsonNode phase, @Nullable Long start) {
        Long begins = number(phase, "start_date");
        return start == null || begins == null || begins > start;
    }

    private static @Nullable Long number(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value != null && value.isIntegralNumber() ? value.longValue() : null;
    }

    /** Of a field that holds an id or the object itself. */
    private static @Nullable String id(JsonNode node, String field) {
        JsonNode value = node.path(field);
        JsonNode id = value.isObject() ? value.path("id") : value;
        return id.isString() ? id.stringValue() : null;
    }
}
