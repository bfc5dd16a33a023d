package io.tillstream.subscription.stripe;

import com.stripe.param.SubscriptionScheduleCancelParams;
import com.stripe.param.SubscriptionScheduleCreateParams;
import com.stripe.param.SubscriptionScheduleReleaseParams;
import com.stripe.param.SubscriptionScheduleUpdateParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe is to do with a subscription later. All of it may be done twice: the second time is refused, or the same. */
@Component
public class StripeSchedules {

    private final StripeCalls calls;

    StripeSchedules(StripeCalls calls) {
        this.calls = calls;
    }

    public Mono<StripeResult<JsonNode>> read(String scheduleId) {
        return calls.read(
                "subscription_schedule.read",
                (stripe, options) -> StripeSubscriptions.json(
                        stripe.v1().subscriptionSchedules().retrieve(scheduleId, options)));
    }

    /** With the subscription as it is for its only phase; Stripe takes nothing else together with that. */
    public Mono<StripeResult<JsonNode>> begin(Object request, String stripeSubscriptionId) {
        var params = SubscriptionScheduleCreateParams.builder()
                .setFromSubscription(stripeSubscriptionId)
                .build();
        return calls.writeRepeatable(
                "subscription_schedule.create",
                request,
                (stripe, options) -> StripeSubscriptions.json(
                        stripe.v1().subscriptionSchedules().create(params, options)));
    }

    public Mono<StripeResult<JsonNode>> update(
            Object request, String scheduleId, SubscriptionScheduleUpdateParams params) {
        return calls.writeRepeatable(
                "subscription_schedule.update",
                request,
                (stripe, options) -> StripeSubscriptions.json(
                        stripe.v1().subscriptionSchedules().update(scheduleId, params, options)));
    }

    /** The schedule and its subscription are over at once; nothing is given back. */
    public Mono<StripeResult<JsonNode>> cancel(Object request, String scheduleId) {
        var params = SubscriptionScheduleCancelParams.builder()
                .setInvoiceNow(false)
                .setProrate(false)
                .build();
        return calls.writeRepeatable(
                "subscription_schedule.cancel",
                request,
                (stripe, options) -> StripeSubscriptions.json(
                        stripe.v1().subscriptionSchedules().cancel(scheduleId, params, options)));
    }

    /**
     * The subscription goes on as it is, and nothing is planned for it any more. An end that the schedule has set stays with it:
     * its user may have set it this moment.
     */
    public Mono<StripeResult<JsonNode>> release(Object request, String scheduleId) {
        var params = SubscriptionScheduleReleaseParams.builder()
                .setPreserveCancelDate(true)
                .build();
        return calls.writeRepeatable(
                "subscription_schedule.release",
                request,
                (stripe, options) -> StripeSubscriptions.json(
                        stripe.v1().subscriptionSchedules().release(scheduleId, params, options)));
    }
}
