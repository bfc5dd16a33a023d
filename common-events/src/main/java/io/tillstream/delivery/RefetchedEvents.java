package io.tillstream.delivery;

import io.tillstream.stripeevents.StripeEvent;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes in what Stripe has where no event told of it: by the handlers, the rules and the inbox of events. The object is read from
 * Stripe once more on the way, so what came meanwhile counts; nothing is parked.
 */
public final class RefetchedEvents {

    private final StripeEventProcessor processor;
    private final boolean livemode;

    RefetchedEvents(StripeEventProcessor processor, boolean livemode) {
        this.processor = processor;
        this.livemode = livemode;
    }

    /**
     * As if an event had told of the object; the same id again changes nothing.
     *
     * @param cause the id that histories name
     * @return {@link EventOutcome.Parked} and {@link EventOutcome.NeedsRefetch} where nothing was changed
     */
    public Mono<EventOutcome> apply(String cause, String type, JsonNode object) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("id", cause).put("type", type).put("created", 0).put("livemode", livemode);
        event.putObject("data").set("object", object);
        return processor.takeIn(StripeEvent.read(event));
    }

    /** Whether a fault of it passes: the same try can succeed later. */
    public static boolean passes(Throwable fault) {
        return FaultClassifier.passes(fault);
    }
}
