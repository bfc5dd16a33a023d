package io.tillstream.simulator.state;

/** Has something to do once the state of an earlier process was read back. */
public interface Resumable {
    /** Called once, within a turn of the timeline, before anything is asked and before what fell due meanwhile is done. */
    void resume();
}
