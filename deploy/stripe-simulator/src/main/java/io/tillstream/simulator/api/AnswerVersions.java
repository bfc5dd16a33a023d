package io.tillstream.simulator.api;

import tools.jackson.databind.node.ObjectNode;

/** Answers in the shape of older versions of Stripe's API, for requests that name one in {@code Stripe-Version}. */
public interface AnswerVersions {
    /** Changes an answer, which may be a list. Within a turn of the timeline. */
    void render(ObjectNode answer, String version);
}
