package io.tillstream.acceptance;

/** When a class runs. Within a stage the order is another at each run. */
enum Stage {
    /** Side by side; begun first, so that no long one is left over at the end. */
    LONG,
    /** Side by side: the people are the class's own, and what it plants at Stripe is aimed at them. */
    USUAL,
    /** Alone: sends what nobody means to send, and reads in the logs what came of it. */
    ODD_REQUESTS,
    /** Alone: moves Stripe's clock, on which everybody's subscriptions run. */
    CLOCK,
    /** Alone: parts that all need go away and come back. */
    OUTAGES,
    /** Alone and last: looks at what all the others left. */
    AFTERWARDS
}
