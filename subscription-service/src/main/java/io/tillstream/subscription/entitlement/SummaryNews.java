package io.tillstream.subscription.entitlement;

import io.tillstream.delivery.Outcome;
import io.tillstream.stripeevents.StripeEvent;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Features that Stripe itself says a customer has. */
@Component
public class SummaryNews {

    /** Inside the transaction of the event's inbox row. */
    public Mono<Outcome> apply(StripeEvent event, Optional<JsonNode> truth) {
        return Mono.just(new Outcome.Ignored("not followed yet"));
    }

    /** The event's object as Stripe has it now. */
    public Mono<JsonNode> truth(StripeEvent event) {
        return Mono.just(event.object());
    }
}
