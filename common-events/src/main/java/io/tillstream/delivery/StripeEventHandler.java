package io.tillstream.delivery;

import io.tillstream.stripeevents.StripeEvent;
import java.util.Optional;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What a service does with Stripe's events. Each service that settles from them has one. */
public interface StripeEventHandler {

    /** Whether events of this type, {@code charge.refunded} say, concern the service at all; the others cost nothing. */
    boolean follows(String type);

    /**
     * Whether this one, of a type that it follows, may concern the service as its object has it; the others cost nothing either. Metadata
     * is anybody's to write, so nothing may depend on an event alone that it keeps out.
     */
    default boolean concerns(StripeEvent event) {
        return true;
    }

    /**
     * Applies one event: state, history and outbox rows. Runs in the transaction that holds the inbox row, so it asks
     * nobody outside the database.
     *
     * @param refetched what {@link #refetch} answered, if it was asked for
     */
    Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched);

    /**
     * Reads the event's object as Stripe has it now. Asked outside any transaction, after {@link EventOutcome.NeedsRefetch}.
     * Where Stripe cannot be reached, it fails with {@link TransientFault}.
     */
    Mono<JsonNode> refetch(StripeEvent event);

    /**
     * The event's object as Stripe has it now, in our own version of the API: for events in a version that nobody has
     * looked at. Asked outside any transaction; fails as {@link #refetch} does.
     *
     * @return empty where nothing here follows the event, where its object cannot be read, or is not there any more
     */
    default Mono<JsonNode> reread(StripeEvent event) {
        return Mono.empty();
    }
}
