package io.tillstream.subscription.settlement;

import com.stripe.net.ApiResource;
import io.tillstream.stripe.StripeCallback;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe says now of subscriptions and what belongs to them; empty where there is no such thing. */
@Component
class StripeSubscriptionReader {

    private final StripeCalls calls;

    StripeSubscriptionReader(StripeCalls calls) {
        this.calls = calls;
    }

    Mono<StripeSubscriptionState> subscription(String id) {
        return read(
                        "subscription.retrieve",
                        (stripe, options) -> stripe.v1().subscriptions().retrieve(id, options))
                .map(StripeSubscriptionState::of);
    }

    Mono<JsonNode> subscriptionJson(String id) {
        return read(
                "subscription.retrieve",
                (stripe, options) -> stripe.v1().subscriptions().retrieve(id, options));
    }

    Mono<JsonNode> schedule(String id) {
        return read(
                "subscription_schedule.retrieve",
                (stripe, options) -> stripe.v1().subscriptionSchedules().retrieve(id, options));
    }

    private <T extends ApiResource> Mono<JsonNode> read(String operation, StripeCallback<T> call) {
        return calls.read(operation, call)
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .map(object -> json(object.getLastResponse().body()));
    }

    static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
