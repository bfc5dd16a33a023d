package io.tillstream.subscription.stripe;

import com.stripe.param.SubscriptionScheduleUpdateParams.Phase;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The phases of a subscription schedule: as Stripe shows them, and as it takes them again. */
public final class SchedulePhases {

    public static final String SET_BY = "set_by";
    public static final String USER = "user";

    private SchedulePhases() {}

    public static JsonNode current(JsonNode schedule) {
        Long start = StripeJson.number(schedule.get("current_phase"), "start_date");
        JsonNode phases = schedule.path("phases");
        return phases.valueStream()
                .filter(phase -> Objects.equals(StripeJson.number(phase, "start_date"), start))
                .findFirst()
                .orElseGet(() -> phases.path(0));
    }

    /** Those that are still to come. */
    public static List<JsonNode> later(JsonNode schedule) {
        Long start = StripeJson.number(current(schedule), "start_date");
        Stream<JsonNode> phases = schedule.path("phases").valueStream();
        return phases.filter(phase -> isLater(phase, start)).toList();
    }

    public static boolean ends(JsonNode schedule) {
        return "cancel".equals(StripeJson.text(schedule, "end_behavior"));
    }

    /** Whether all that is planned was chosen by its subscriber, and not by the shop. */
    public static boolean isUsers(JsonNode schedule) {
        return !ends(schedule)
                && later(schedule).stream().allMatch(phase -> USER.equals(StripeJson.metadata(phase, SET_BY)));
    }

    /** What the shop arranged at Stripe, as a new price, its subscriber does not undo. */
    public static void mustBeUsers(JsonNode schedule) {
        if (!isUsers(schedule)) {
            throw byOperator();
        }
    }

    /** What is planned stays: its user revokes it first, the shop takes back what is the shop's. */
    public static void mustBeNone(JsonNode schedule) {
        mustBeUsers(schedule);
        if (!later(schedule).isEmpty()) {
            throw Problem.conflict("change-scheduled", "A change is scheduled already: revoke it first.");
        }
    }

    public static Problem byOperator() {
        return Problem.conflict("scheduled-by-operator", "The shop scheduled this change, and takes it back.");
    }

    /** Stripe replaces all phases by those it is sent, so one that is to stay is sent as it is. */
    public static Phase asItIs(JsonNode phase) {
        return params(phase, Phase.ProrationBehavior.NONE);
    }

    /** One that is to come, billed at its beginning as it was planned. */
    public static Phase asPlanned(JsonNode phase) {
        String planned = StripeJson.text(phase, "proration_behavior");
        return params(
                phase,
                Arrays.stream(Phase.ProrationBehavior.values())
                        .filter(each -> each.getValue().equals(planned))
                        .findFirst()
                        .orElse(Phase.ProrationBehavior.NONE));
    }

    private static Phase params(JsonNode phase, Phase.ProrationBehavior proration) {
        var params = Phase.builder()
                .setStartDate(seconds(phase, "start_date"))
                .setEndDate(seconds(phase, "end_date"))
                .setProrationBehavior(proration);
        phase.path("items").forEach(item -> params.addItem(item(item)));
        phase.path("discounts").forEach(discount -> params.addDiscount(discount(discount)));
        phase.path("metadata")
                .properties()
                .forEach(entry ->
                        params.putMetadata(entry.getKey(), entry.getValue().asString("")));
        Long trialEnd = StripeJson.number(phase, "trial_end");
        if (trialEnd != null) {
            params.setTrialEnd(trialEnd);
        }
        String card = StripeJson.id(phase, "default_payment_method");
        if (card != null) {
            params.setDefaultPaymentMethod(card);
        }
        return params.build();
    }

    public static Phase.Discount discount(JsonNode discount) {
        var params = Phase.Discount.builder();
        String existing = StripeJson.id(discount, "discount");
        String code = StripeJson.id(discount, "promotion_code");
        String coupon = StripeJson.id(discount, "coupon");
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
        Long begins = StripeJson.number(phase, "start_date");
        return start == null || begins == null || begins > start;
    }

    private static Phase.Item item(JsonNode item) {
        var params = Phase.Item.builder().setPrice(StripeJson.id(item, "price"));
        Long quantity = StripeJson.number(item, "quantity");
        if (quantity != null) {
            params.setQuantity(quantity);
        }
        return params.build();
    }

    private static Long seconds(JsonNode phase, String field) {
        return Objects.requireNonNull(StripeJson.number(phase, field), field);
    }
}
