package io.tillstream.simulator.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StoreTest {
    private static final int TYPES = 200; // Stripe has more types of events than a signed byte counts

    @Test
    void eventsOfManyTypesAreAllReadAgain() {
        Store events = new Store("event", List.of("type"), "type");
        for (int i = 0; i < TYPES; i++) {
            ObjectNode event = Json.object("event", "evt_" + i);
            event.put("created", 1).put("type", "thing." + i);
            events.add(event);
        }

        assertThat(events.get("evt_199").path("type").asString()).isEqualTo("thing.199");
    }
}
