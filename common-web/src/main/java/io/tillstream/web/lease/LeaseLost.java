package io.tillstream.web.lease;

/** Another goes on with the work by now; a signal: it goes well there. */
public final class LeaseLost extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param what was held */
    public LeaseLost(String what) {
        super("Another goes on with " + what, null, false, false);
    }
}
