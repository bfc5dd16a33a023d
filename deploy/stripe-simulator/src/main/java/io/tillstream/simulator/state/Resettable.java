package io.tillstream.simulator.state;

/** Keeps state of its own beside the stores, and gives it up on a reset. */
public interface Resettable {
    /** Called within a turn of the timeline, after the stores were cleared. */
    void reset();
}
