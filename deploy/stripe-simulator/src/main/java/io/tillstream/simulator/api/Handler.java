package io.tillstream.simulator.api;

import tools.jackson.databind.node.ObjectNode;

/** What an endpoint does, within one turn of the timeline: gives the object to answer with, or throws a {@link StripeError}. */
@FunctionalInterface
public interface Handler {
    ObjectNode handle(Call call);
}
