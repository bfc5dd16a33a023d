package io.tillstream.subscription.change;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionScheduleUpdateParams.Phase;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.plan.Plan;
import io.tillstream.subscription.quote.Target;
import io.tillstream.web.Problem;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe is told of a change at the end of the period: the running phase as it is, then one more with what was
 * chosen, after which the subscription goes on by itself.
 */
final class NextPhase {

    private static final String SET_BY = "set_by";
    private static final String USER = "user";

    private NextPhase() {}

    static SubscriptionScheduleUpdateParams params(JsonNode schedule, Target target) {
        return SubscriptionScheduleUpdateParams.builder()
                .setEndBehavior(SubscriptionScheduleUpdateParams.EndBehavior.RELEASE)
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(running(schedule))
                .addPhase(next(schedule, target))
                .build();
    }

    /** Stripe replaces all phases by those it is sent, so the running one is sent as it is. */
    private static Phase running(JsonNode schedule) {
        JsonNode phase = current(schedule);
        var params = Phase.builder()
                .setStartDate(seconds(phase, "start_date"))
                .setEndDate(seconds(phase, "end_date"))
                .setProrationBehavior(Phase.ProrationBehavior.NONE);
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

    private static Phase next(JsonNode schedule, Target target) {
        Plan plan = target.plan();
        JsonNode phase = current(schedule);
        var params = Phase.builder()
                .addItem(Phase.Item.builder()
                        .setPrice(target.priceId())
                        .setQuantity((long) target.quantity())
                        .build())
                .setDuration(Phase.Duration.builder()
                        .setInterval(
                                Phase.Duration.Interval.valueOf(plan.interval().name()))
                        .setIntervalCount((long) plan.intervalCount())
                        .build())
                .setProrationBehavior(Phase.ProrationBehavior.NONE)
                .putMetadata("plan_id", plan.id())
                .putMetadata(SET_BY, USER);
        phase.path("discounts").forEach(discount -> params.addDiscount(discount(discount)));
        String card = StripeJson.id(phase, "default_payment_method");
        if (card != null) {
            params.setDefaultPaymentMethod(card);
        }
        return params.build();
    }

    /** What the shop arranged at Stripe, as a new price, its subscriber does not undo. */
    static void mustBeUsers(JsonNode schedule) {
        Long start = StripeJson.number(current(schedule), "start_date");
        boolean users = schedule.path("phases")
                .valueStream()
                .filter(phase -> isLater(phase, start))
                .allMatch(phase -> USER.equals(StripeJson.metadata(phase, SET_BY)));
        if (!users) {
            throw Problem.conflict("scheduled-by-operator", "The shop scheduled this change, and takes it back.");
        }
    }

    private static boolean isLater(JsonNode phase, @Nullable Long start) {
        Long begins = StripeJson.number(phase, "start_date");
        return start == null || begins == null || begins > start;
    }

    private static JsonNode current(JsonNode schedule) {
        Long start = StripeJson.number(schedule.get("current_phase"), "start_date");
        JsonNode phases = schedule.path("phases");
        return phases.valueStream()
                .filter(phase -> Objects.equals(StripeJson.number(phase, "start_date"), start))
                .findFirst()
                .orElseGet(() -> phases.path(0));
    }

    private static Phase.Item item(JsonNode item) {
        var params = Phase.Item.builder().setPrice(StripeJson.id(item, "price"));
        Long quantity = StripeJson.number(item, "quantity");
        if (quantity != null) {
            params.setQuantity(quantity);
        }
        return params.build();
    }

    private static Phase.Discount discount(JsonNode discount) {
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

    private static Long seconds(JsonNode phase, String field) {
        return Objects.requireNonNull(StripeJson.number(phase, field), field);
    }
}
