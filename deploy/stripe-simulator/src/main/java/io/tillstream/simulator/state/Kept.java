package io.tillstream.simulator.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A part of what the simulator knows that may outlive the process. What changes in a turn is written at its end, and read
 * back in that order by the next process. All methods are for the timeline.
 */
public interface Kept {
    /** Stands in the files, so it never changes. */
    String name();

    /** From now on this part remembers what changes until that is written; without this it would only grow. */
    void keep();

    boolean isChanged();

    /** Writes what changed since the last time. */
    void writeChanges(DataOutput out) throws IOException;

    /** All of it as it is now, in the format of changes; may be written by another thread, and later. */
    Copy copy();

    /** Takes back what {@link #writeChanges} or a copy wrote. */
    void read(DataInput in) throws IOException;

    /** Everything was read. */
    void restored();

    void clear();

    /** From here on what changes can be taken back, until {@link #settle}. */
    void attempt();

    /** Makes all as it was at {@link #attempt}. What a map forgot meanwhile comes back at its end. */
    void takeBack();

    /** What changed stays. */
    void settle();

    /** A part of the state at one moment. */
    @FunctionalInterface
    interface Copy {
        void writeTo(DataOutput out) throws IOException;
    }
}
