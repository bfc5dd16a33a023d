package io.tillstream.simulator.invoice;

import io.tillstream.simulator.state.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a line of a preview has of its own.
 *
 * @param discounts discount objects, which need not be stored; they lower the line before those of the invoice do
 * @param taxRates tax rate objects, in the place of the invoice's; empty for those
 * @param metadata in the place of the subscription's; empty for those
 */
public record LineOverrides(List<ObjectNode> discounts, JsonNode taxRates, ObjectNode metadata) {
    public static final LineOverrides NONE = new LineOverrides(List.of(), Json.array(List.of()), Json.object());
}
