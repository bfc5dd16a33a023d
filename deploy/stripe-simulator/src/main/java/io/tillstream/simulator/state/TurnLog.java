package io.tillstream.simulator.state;

/** Where the changes of each turn are written before anybody hears of them. Called on the timeline. */
public interface TurnLog {
    /** Refuses with {@link NotWritten} to begin a turn while an earlier one is not written: nobody may see what may be lost. */
    void begin();

    /** Writes what the turn changed, or says by {@link NotWritten} that it could not. */
    void end();

    /** What a turn changed could not be written, so nobody may count on it. */
    final class NotWritten extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final boolean begun;

        public NotWritten(boolean begun, Throwable reason) {
            super("the state cannot be written: " + reason.getMessage(), reason);
            this.begun = begun;
        }

        /** Whether the turn was done all the same, and is written as soon as that is possible. */
        public boolean isBegun() {
            return begun;
        }
    }

    /** Keeps nothing. */
    TurnLog NONE = new TurnLog() {
        @Override
        public void begin() {
            // Nothing is ever behind.
        }

        @Override
        public void end() {
            // What changed stays in memory.
        }
    };
}
