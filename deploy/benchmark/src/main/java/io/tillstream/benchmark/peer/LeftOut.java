package io.tillstream.benchmark.peer;

/** A peer that this machine has no tool for: it is named, and not measured. */
public final class LeftOut extends Exception {
    private static final long serialVersionUID = 1;

    public LeftOut(String why) {
        super(why);
    }
}
