package io.tillstream.local;

import java.time.Duration;

/** A part that was started: a process outside of this one. */
interface PartProcess {
    ChildProcess process();

    /** Whether it takes requests now. */
    boolean isReady();

    /** Asks it to end in the way that loses nothing. */
    void stop(Duration patience);
}
