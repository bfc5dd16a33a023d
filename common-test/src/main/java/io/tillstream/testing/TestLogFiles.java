package io.tillstream.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where what a test starts writes its log: {@code target/logs} of the module, or the folder that the whole run has. */
public final class TestLogFiles {

    /** Set by {@code ./verify} for the servers that all modules share. */
    static final String FOLDER = "TEST_LOGS";

    private static final AtomicInteger COUNT = new AtomicInteger();

    private TestLogFiles() {}

    /** A new file for one process; its name tells what wrote it. */
    public static Path file(String what) {
        Path file =
                folder().resolve(what + "-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ".log");
        try {
            Files.createDirectories(folder());
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Surefire and an IDE run a module's tests in its folder. */
    static Path folder() {
        return Path.of("target", "logs").toAbsolutePath();
    }

    /** The folder of the servers that the whole run shares, which is there; null where this JVM has its own. */
    static @Nullable Path shared() {
        String folder = System.getenv(FOLDER);
        if (folder == null || folder.isBlank()) {
            return null;
        }
        try {
            return Files.createDirectories(Path.of(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
