package io.tillstream.chaos.fault;

/** Something that is broken and can be mended: the second is possible whatever became of the first. */
record Breakage(Runnable begin, Runnable end) {
    static Breakage atOnce(Runnable begin) {
        return new Breakage(begin, () -> {});
    }
}
