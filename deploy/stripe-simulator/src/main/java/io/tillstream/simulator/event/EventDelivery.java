package io.tillstream.simulator.event;

import tools.jackson.databind.node.ObjectNode;

/** Brings events to webhook endpoints. */
public interface EventDelivery {
    /**
     * Takes an event over, within the turn in which it happened, and gives the number of endpoints that want it.
     * Sending is to start outside of the turn; {@link Events#delivered} tells each outcome.
     */
    int accept(ObjectNode event);
}
