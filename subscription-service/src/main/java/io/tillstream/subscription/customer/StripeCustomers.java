package io.tillstream.subscription.customer;

import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.stripe.StripeAnswers;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Customers as Stripe has them. */
@Component
public class StripeCustomers {

    private final StripeCalls calls;
    private final String environment;

    StripeCustomers(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    /** The user whom payment-service made the customer for; empty for customers of other systems. */
    public Mono<String> userOf(String customerId) {
        return calls.read(
                        "customer.retrieve",
                        (stripe, options) -> StripeJson.read(stripe.v1()
                                .customers()
                                .retrieve(customerId, options)
                                .getLastResponse()
                                .body()
                                .getBytes(StandardCharsets.UTF_8)))
                .flatMap(answer -> Mono.justOrEmpty(StripeAnswers.present(answer)))
                .filter(customer -> environment.equals(StripeJson.metadata(customer, "env")))
                .mapNotNull(customer -> StripeJson.metadata(customer, "user_id"));
    }
}
