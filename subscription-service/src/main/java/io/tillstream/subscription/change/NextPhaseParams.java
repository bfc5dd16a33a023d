package io.tillstream.subscription.change;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionScheduleUpdateParams.Phase;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.quote.ChangeTarget;
import io.tillstream.subscription.stripe.SchedulePhases;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe is told of a change at the end of the period: the running phase as it is, then one more with what was
 * chosen, after which the subscription goes on by itself.
 */
final class NextPhaseParams {

    private NextPhaseParams() {}

    static SubscriptionScheduleUpdateParams params(JsonNode schedule, ChangeTarget target) {
        return SubscriptionScheduleUpdateParams.builder()
                .setEndBehavior(SubscriptionScheduleUpdateParams.EndBehavior.RELEASE)
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(SchedulePhases.asItIs(SchedulePhases.current(schedule)))
                .addPhase(next(schedule, target))
                .build();
    }

    private static Phase next(JsonNode schedule, ChangeTarget target) {
        Plan plan = target.plan();
        JsonNode phase = SchedulePhases.current(schedule);
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
                .putMetadata(SchedulePhases.SET_BY, SchedulePhases.USER);
        phase.path("discounts").forEach(discount -> params.addDiscount(SchedulePhases.discount(discount)));
        String card = StripeJson.id(phase, "default_payment_method");
        if (card != null) {
            params.setDefaultPaymentMethod(card);
        }
        return params.build();
    }
}
