package io.tillstream.simulator.storage;

import java.io.IOException;
import java.nio.file.Path;

/** What was kept cannot be read back whole. Going on without it would silently take back what was answered. */
final class DamagedStateException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedStateException(Path file, String what) {
        super(file + " is damaged: " + what + ". Bring the folder back from a copy, or delete it to start with an empty"
                + " account.");
    }
}
