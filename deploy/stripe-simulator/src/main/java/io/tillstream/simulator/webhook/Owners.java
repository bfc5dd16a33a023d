package io.tillstream.simulator.webhook;

import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whose an event is: known by the metadata of its object, or of the payment and the customer that the object belongs to.
 * What is held or goes wrong for one buyer so leaves all others alone. Used on the timeline only.
 */
@Component
class Owners {
    private static final List<String> BELONGS_TO = List.of("customer", "payment_intent", "charge");
    private static final int FAR_ENOUGH = 3; // a refund is of a charge, that of a payment, that of a customer

    private final Events events;
    private final Stores stores;

    Owners(Events events, Stores stores) {
        this.events = events;
        this.stores = stores;
    }

    /** Whether one of them bears all of this metadata; everybody bears none. */
    boolean bear(ObjectNode metadata, Delivery delivery) {
        return metadata.isEmpty()
                || events.find(delivery.event)
                        .map(event -> event.path("data"))
                        .filter(data -> Stream.of(data.path("object"), data.path("previous_attributes"))
                                .anyMatch(object -> bears(metadata, object, FAR_ENOUGH)))
                        .isPresent();
    }

    private boolean bears(ObjectNode metadata, JsonNode object, int further) {
        boolean own = metadata.properties().stream()
                .allMatch(each -> Json.is(
                        object.path("metadata"), each.getKey(), each.getValue().asString()));
        return own || (further > 0 && owners(object).anyMatch(owner -> bears(metadata, owner, further - 1)));
    }

    private Stream<ObjectNode> owners(JsonNode object) {
        return BELONGS_TO.stream()
                .map(field -> Json.text(object, field))
                .filter(Objects::nonNull)
                .flatMap(id -> stores.find(id).stream());
    }
}
