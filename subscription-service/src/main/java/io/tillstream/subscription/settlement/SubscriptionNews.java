package io.tillstream.subscription.settlement;

import io.tillstream.delivery.Outcome;
import io.tillstream.stripeevents.StripeEvent;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe tells of subscriptions, their schedules and the sessions that begin them. */
@Component
public class SubscriptionNews {

    /** Inside the transaction of the event's inbox row. */
    public Mono<Outcome> apply(StripeEvent event, Optional<JsonNode> truth) {
        return Mono.just(new Outcome.Ignored("not followed yet"));
    }

    /** The event's object as Stripe has it now. */
    public Mono<JsonNode> truth(StripeEvent event) {
        return Mono.just(event.object());
    }
}
