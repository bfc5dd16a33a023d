package io.tillstream.simulator.control;

/** What can go wrong with a request. */
public enum FaultKind {
    /** Waits before anything is done. */
    LATENCY,
    /** 429, nothing done. */
    RATE_LIMIT,
    /** 500, nothing done; the idempotency key repeats it. */
    ERROR_BEFORE,
    /** Done, but answered 500; the idempotency key repeats it. */
    ERROR_AFTER,
    /** Done, but never answered: the connection stays open for the delay, then closes. */
    TIMEOUT_AFTER,
    /** The connection closes, nothing done. */
    CLOSE_BEFORE,
    /** Done, and the connection closes without an answer. */
    CLOSE_AFTER
}
