package io.tillstream.simulator.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files: {@code snapshot-n} is the state before the first record of {@code log-n}. There may be older ones, which
 * nobody needs, and logs after the newest snapshot whose own is not finished yet.
 */
final class StateFolder implements AutoCloseable {
    private static final String SNAPSHOT = "snapshot-";
    private static final String LOG = "log-";
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;
    private final FileChannel lockFile;

    StateFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.lockFile = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock(lockFile) == null) {
            lockFile.close();
            throw new IOException("another simulator keeps its state in " + folder.toAbsolutePath());
        }
    }

    /** Held until the process ends, however it does. */
    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    Path snapshot(int number) {
        return folder.resolve(name(SNAPSHOT, number));
    }

    Path log(int number) {
        return folder.resolve(name(LOG, number));
    }

    private static String name(String kind, int number) {
        return kind + String.format(Locale.ROOT, "%08d", number);
    }

    /** 0 if there is none. */
    int newestSnapshot() throws IOException {
        return numbers(SNAPSHOT).stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** From this number on, without a gap. */
    List<Path> logsFrom(int number) throws IOException {
        List<Path> logs = new ArrayList<>();
        for (int next = number; Files.exists(log(next)); next++) {
            logs.add(log(next));
        }
        for (int other : numbers(LOG)) {
            if (other >= number + logs.size()) {
                throw new DamagedStateException(
                        log(number + logs.size()),
                        "it is missing before " + log(other).getFileName());
            }
        }
        return logs;
    }

    private List<Integer> numbers(String kind) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(kind)
                            && name.substring(kind.length()).matches("\\d{8}"))
                    .map(name -> Integer.parseInt(name.substring(kind.length())))
                    .toList();
        }
    }

    Path unfinished(int number) {
        return folder.resolve(name(SNAPSHOT, number) + UNFINISHED);
    }

    /** The snapshot is whole: from now on everything before it is unnecessary. */
    void finish(int number) throws IOException {
        Files.move(unfinished(number), snapshot(number), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
        deleteBefore(number);
    }

    void deleteBefore(int number) throws IOException {
        for (int old : numbers(SNAPSHOT)) {
            if (old < number) {
                Files.deleteIfExists(snapshot(old));
            }
        }
        for (int old : numbers(LOG)) {
            if (old < number) {
                Files.deleteIfExists(log(old));
            }
        }
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
