package io.tillstream.subscription.settlement;

import com.stripe.net.ApiResource;
import io.tillstream.stripe.Answer;
import io.tillstream.stripe.StripeCall;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe says now of subscriptions and what belongs to them; empty where there is no such thing. */
@Component
class StripeReads {

    private final StripeCalls calls;
    private final String environment;

    StripeReads(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    Mono<Snapshot> subscription(String id) {
        return read(
                        "subscription.retrieve",
                        (stripe, options) -> stripe.v1().subscriptions().retrieve(id, options))
                .map(Snapshot::of);
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

    /** The user whom payment-service made the customer for; empty for customers of other systems. */
    Mono<String> userOfCustomer(String customerId) {
        return read(
                        "customer.retrieve",
                        (stripe, options) -> stripe.v1().customers().retrieve(customerId, options))
                .filter(customer -> environment.equals(StripeJson.metadata(customer, "env")))
                .mapNotNull(customer -> StripeJson.metadata(customer, "user_id"));
    }

    private <T extends ApiResource> Mono<JsonNode> read(String operation, StripeCall<T> call) {
        return calls.read(operation, call)
                .flatMap(answer -> Mono.justOrEmpty(present(answer)))
                .map(object -> json(object.getLastResponse().body()));
    }

    private static <T> Optional<T> present(Answer<T> answer) {
        return answer.fold(
                Optional::of,
                declined -> {
                    throw new IllegalStateException("Stripe declined a question: " + declined);
                },
                no -> {
                    if (!no.missing()) {
                        throw new IllegalStateException("Stripe refused a question: " + no);
                    }
                    return Optional.empty();
                });
    }

    static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
