package io.tillstream.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** The id of a process on file, with the time of its start: ids come round again. */
record PidFile(Path path) {

    void write(ProcessHandle process) {
        try {
            Files.writeString(path, process.pid() + "\n" + start(process) + "\n");
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** The process on file, if that same one still runs. */
    Optional<ProcessHandle> survivor() {
        try {
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            String[] lines = Files.readString(path).split("\n", -1);
            return ProcessHandle.of(Long.parseLong(lines[0]))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> lines.length > 1 && start(process).equals(lines[1]));
        } catch (IOException | NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    private static String start(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }
}
