package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is to become of a subscription.
 *
 * @param subscription as it is; null if it is still to be made
 * @param at when that begins, in epoch seconds
 * @param details as {@code subscription_details}; for one that is to be made all that its request may have
 * @param steps what changes later by itself, in order
 */
public record PreviewInput(
        @Nullable ObjectNode subscription, String customer, long at, Params details, List<Step> steps) {

    /**
     * A change at a time.
     *
     * @param details by the subscription as it will be then: what an update would be asked for
     */
    public record Step(long at, Function<ObjectNode, ObjectNode> details) {}
}
