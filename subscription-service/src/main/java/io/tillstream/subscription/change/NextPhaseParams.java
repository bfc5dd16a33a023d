package io.tillstream.subscription.change;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionScheduleUpdateParams.Phase;
import io.tillstream.stripe.SchedulePhaseParams;
import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.quote.ChangeTarget;
import io.tillstream.subscription.stripe.SchedulePhases;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe is told of a change at the end of the period: the running phase as it is, then one more with what was
 * chosen, after which the subscription goes on by itself.
 */
final class NextPhaseParams {

    private NextPhaseParams() {}

    /** {@code card}: of the subscription as it is now; null where the customer's default pays it. */
    static SubscriptionScheduleUpdateParams params(JsonNode schedule, ChangeTarget target, @Nullable String card) {
        var params = SubscriptionScheduleUpdateParams.builder()
                .setEndBehavior(SubscriptionScheduleUpdateParams.EndBehavior.RELEASE)
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(SchedulePhaseParams.asItIs(SchedulePhaseParams.current(schedule), card))
                .addPhase(next(schedule, target, card));
        if (SchedulePhases.isMarkedEnded(schedule)) {
            params.putMetadata(SchedulePhases.ENDED_BY, ""); // who ends it next ends it anew
        }
        return params.build();
    }

    private static Phase next(JsonNode schedule, ChangeTarget target, @Nullable String card) {
        Plan plan = target.plan();
        JsonNode phase = SchedulePhaseParams.current(schedule);
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
        phase.path("discounts").forEach(discount -> params.addDiscount(SchedulePhaseParams.discount(discount)));
        if (card != null) {
            params.setDefaultPaymentMethod(card);
        }
        return params.build();
    }
}
