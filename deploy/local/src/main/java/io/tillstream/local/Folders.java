package io.tillstream.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data folder: databases and topics, {@code logs}, and {@code run} with the ids of running processes.
 *
 * @param instance follows a part's name in the names of its log and of the file with its process id; empty for the first
 */
record Folders(Path data, String instance) {
    private static final int LONGEST_LINE = 400; // of a log, in a message for a terminal

    Folders(Path data) {
        this(data, "");
    }

    /** The same folder as {@link SecondInstances} use it. */
    Folders ofSecondInstances() {
        return new Folders(data, "-2");
    }

    Path work(Part part) {
        return make(data.resolve(part.label()));
    }

    Path log(Part part) {
        return logs().resolve(part.label() + instance + ".log");
    }

    /** Where a part's log is, and what it said last: the folder may be gone when somebody reads the message. */
    String endOfLog(Part part) {
        Path log = log(part);
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("at "))
                    .toList();
            String last = telling(lines);
            return last.isEmpty() ? "see " + log : "see " + log + ", which ends with: " + shortened(last);
        } catch (IOException unreadable) {
            return "see " + log;
        }
    }

    /** The last line; of a Spring application that did not start, what it describes: its last lines are general advice. */
    private static String telling(List<String> lines) {
        int description = lines.lastIndexOf("Description:");
        int action = lines.lastIndexOf("Action:");
        return description >= 0 && action > description
                ? String.join(" ", lines.subList(description + 1, action))
                : lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    private static String shortened(String line) {
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
    }

    Path logs() {
        return make(data.resolve("logs"));
    }

    Path run() {
        return make(data.resolve("run"));
    }

    PidFile pidFile(Part part) {
        return new PidFile(run().resolve(part.label() + instance + ".pid"));
    }

    /** Two launchers must not share a folder: one at a time, for as long as the lock is held. */
    FileLock lock() {
        Path file = run().resolve("lock");
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new LocalFailure(
                        "Another run uses " + data + ": stop it first (Ctrl-C there), or wait until it has stopped");
            }
            return lock;
        } catch (IOException cause) {
            throw new LocalFailure("The folder " + data + " cannot be used: " + cause.getMessage(), cause);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (java.nio.channels.OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    /** Old logs go, so that a log tells of this run only. */
    void clearLogs() {
        delete(data.resolve("logs"));
    }

    void copyLogs(Path into) {
        delete(into);
        Path copies = make(into);
        try (Stream<Path> all = Files.list(logs())) {
            for (Path log : all.toList()) {
                Files.copy(log, copies.resolve(log.getFileName()));
            }
        } catch (IOException cause) {
            throw new LocalFailure("The logs cannot be copied to " + into + ": " + cause.getMessage(), cause);
        }
    }

    /** Everything but the lock, which is held. */
    void clear() {
        for (Part part : Part.values()) {
            delete(data.resolve(part.label()));
        }
        clearLogs();
    }

    static Path make(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException cause) {
            throw new LocalFailure("The folder " + folder + " cannot be made: " + cause.getMessage(), cause);
        }
    }

    /** All of a file or nothing of it, whenever this process may be killed. */
    static void replace(Path draft, Path file) throws IOException {
        var unused = Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure) throws IOException {
                    Files.delete(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
