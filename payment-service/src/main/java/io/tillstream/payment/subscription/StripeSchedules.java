package io.tillstream.payment.subscription;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import io.tillstream.stripe.StripeCalls;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What is planned for subscriptions. Errors with 409 {@code subscription-refused} where Stripe does not take it. */
@Component
class StripeSchedules {

    private final StripeCalls calls;

    StripeSchedules(StripeCalls calls) {
        this.calls = calls;
    }

    Mono<JsonNode> read(String id) {
        return calls.read(
                        "subscription_schedule.read",
                        (stripe, options) -> StripeSubscriptions.json(stripe.v1()
                                .subscriptionSchedules()
                                .retrieve(id, options)
                                .getLastResponse()
                                .body()))
                .map(StripeSubscriptions::taken);
    }

    Mono<JsonNode> update(String id, SubscriptionScheduleUpdateParams params) {
        return calls.write(
                        "subscription_schedule.update",
                        UUID.randomUUID(),
                        (stripe, options) -> StripeSubscriptions.json(stripe.v1()
                                .subscriptionSchedules()
                                .update(id, params, options)
                                .getLastResponse()
                                .body()))
                .map(StripeSubscriptions::taken);
    }
}
