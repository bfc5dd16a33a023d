package io.tillstream.stripe;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionScheduleUpdateParams.Phase;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The phases of a subscription schedule, as Stripe shows them, sent once more: Stripe replaces all of them by those it is sent,
 * so one that is to stay is sent as it is. The card is another's to say: a phase keeps the one of the day it was planned, and
 * sets it again when it begins.
 */
public final class SchedulePhaseParams {

    private static final String CARD = "default_payment_method";

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

    /** The running one. */
    public static Phase asItIs(JsonNode phase, @Nullable String card) {
        return params(phase, card, Phase.ProrationBehavior.NONE);
    }

    /** One that is to come, billed at its beginning as it was planned. */
    public static Phase asPlanned(JsonNode phase, @Nullable String card) {
        String planned = phase.path("proration_behavior").asString("");
        return params(
                phase,
                card,
                Arrays.stream(Phase.ProrationBehavior.values())
                        .filter(each -> each.getValue().equals(planned))
                        .findFirst()
                        .orElse(Phase.ProrationBehavior.NONE));
    }

    /** All of it as it is, paid with this card; empty where it is. */
    public static Optional<SubscriptionScheduleUpdateParams> paidWith(JsonNode schedule, String card) {
        JsonNode current = current(schedule);
        List<JsonNode> later = later(schedule);
        if (Stream.concat(Stream.of(current), later.stream()).allMatch(phase -> card.equals(card(phase)))) {
            return Optional.empty();
        }
        var params = SubscriptionScheduleUpdateParams.builder()
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(asItIs(current, card));
        later.forEach(phase -> params.addPhase(asPlanned(phase, card)));
        return Optional.of(params.build());
    }

    /** The card that the phase sets when it begins; null: none. */
    public static @Nullable String card(JsonNode phase) {
        return id(phase, CARD);
    }

    private static Phase params(JsonNode phase, @Nullable String card, Phase.ProrationBehavior proration) {
        var params = Phase.builder()
                .setStartDate(Objects.requireNonNull(number(phase, "start_date"), "start_date"))
                .setEndDate(Objects.requireNonNull(number(phase, "end_date"), "end_date"))
                .setProrationBehavior(proration);
        phase.path("items").forEach(item -> params.addItem(item(item)));
        phase.path("discounts").forEach(discount -> params.addDiscount(discount(discount)));
        phase.path("metadata")
                .properties()
                .forEach(entry ->
                        params.putMetadata(entry.getKey(), entry.getValue().asString("")));
        Long trialEnd = number(phase, "trial_end");
        if (trialEnd != null) {
            params.setTrialEnd(trialEnd);
        }
        if (card != null) {
            params.setDefaultPaymentMethod(card);
        }
        return params.build();
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

    private static Phase.Item item(JsonNode item) {
        var params = Phase.Item.builder().setPrice(id(item, "price"));
        Long quantity = number(item, "quantity");
        if (quantity != null) {
            params.setQuantity(quantity);
        }
        return params.build();
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
