package io.tillstream.delivery;

import io.tillstream.stripeevents.StripeEvent;
import java.util.Optional;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What a service does with Stripe's events. Each service that settles from them has one. */
public interface StripeEventHandler {

    /**
     * Applies one event: state, history and outbox rows. Runs in the transaction that holds the inbox row, so it asks
     * nobody outside the database.
     *
     * @param truth what {@link #truth} answered, if it was asked for
     */
    Mono<Outcome> apply(StripeEvent event, Optional<JsonNode> truth);

    /**
     * Reads the event's object as Stripe has it now. Asked outside any transaction, after {@link Outcome.NeedsTruth}.
     * Where Stripe cannot be reached, it fails with {@link TransientFault}.
     */
    Mono<JsonNode> truth(StripeEvent event);
}
