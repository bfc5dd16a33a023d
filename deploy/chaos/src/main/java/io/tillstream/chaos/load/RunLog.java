package io.tillstream.chaos.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** One line for each thing that was done, with its time and the run's seed. */
public final class RunLog implements AutoCloseable {
    private final long seed;
    private final PrintWriter file;

    public RunLog(long seed, Path file) {
        this.seed = seed;
        try {
            this.file = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), true);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    public synchronized void line(String text) {
        file.println(Instant.now() + " seed=" + seed + " " + text);
    }

    @Override
    public synchronized void close() {
        file.close();
    }
}
