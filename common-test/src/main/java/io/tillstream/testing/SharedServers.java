package io.tillstream.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL and one Kafka for all test JVMs of a run. {@code ./verify} names a folder; the first JVM that needs a
 * server starts both as a process of their own, which writes their addresses there and ends with the run.
 */
public final class SharedServers {

    static final String POSTGRES = "postgres";
    static final String KAFKA = "kafka";

    /** The folder; without it every JVM starts its own servers. */
    private static final String FOLDER = "TEST_SERVERS";

    /** The process id of the run: when it has ended, the servers end. */
    private static final String OWNER = "TEST_SERVERS_OWNER";

    private static final String PID = "pid";

    /** Both start in about 6 s on two busy cores, containers that have to be fetched in minutes. */
    private static final Duration START = Duration.ofMinutes(8);

    private static final long LOOK_AGAIN_MILLIS = 50;

    private SharedServers() {}

    /** The address of one of the two; empty where this JVM is to start its own. */
    static Optional<String> address(String server) {
        String folder = System.getenv(FOLDER);
        if (folder == null || folder.isBlank()) {
            return Optional.empty();
        }
        try {
            Path run = Path.of(folder);
            return Optional.of(awaitAddress(run, server, startedOnce(run)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized long startedOnce(Path run) throws IOException {
        try (FileChannel channel =
                        FileChannel.open(run.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Path pid = run.resolve(PID);
            if (lock.isValid() && !Files.exists(pid)) {
                write(pid, String.valueOf(start(run).pid()));
            }
            return Long.parseLong(Files.readString(pid));
        }
    }

    private static Process start(Path run) throws IOException {
        File log = log(SharedServers.class.getSimpleName()).toFile();
        return JavaProcess.of(SharedServers.class, List.of("-Xmx128m"), run.toString(), System.getenv(OWNER))
                .redirectOutput(ProcessBuilder.Redirect.to(log))
                .start();
    }

    private static String awaitAddress(Path run, String server, long pid) throws IOException {
        Path file = run.resolve(server);
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < end) {
            if (Files.exists(file)) {
                return Files.readString(file);
            }
            if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
                break;
            }
            pause();
        }
        throw new IllegalStateException(
                "The shared " + server + " did not start; logs are in " + TestLogFiles.shared());
    }

    /** Arguments: the folder, and the process id of the run. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path run = Path.of(arguments[0]);
        Optional<ProcessHandle> owner = ProcessHandle.of(Long.parseLong(arguments[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> removeAfter(owner, run)));
        Map<String, Thread> starting = Map.of(
                POSTGRES, new Thread(() -> write(run.resolve(POSTGRES), TestPostgres.startServer())),
                KAFKA, new Thread(() -> write(run.resolve(KAFKA), TestKafka.startBroker())));
        for (Thread thread : starting.values()) {
            thread.setUncaughtExceptionHandler((which, fault) -> {
                fault.printStackTrace();
                System.exit(1); // who waits for an address sees that nobody is left to give it
            });
            thread.start();
        }
        owner.ifPresent(process -> process.onExit().join());
        System.exit(0); // the hooks of both servers end them
    }

    /** The log of a server: beside the others of the run, or of this module. */
    static Path log(String what) {
        Path shared = TestLogFiles.shared();
        return shared == null ? TestLogFiles.file(what) : shared.resolve(what + ".log");
    }

    /** Whole or not at all, as others look at it meanwhile. */
    private static void write(Path file, String content) {
        try {
            Path draft = Files.writeString(file.resolveSibling(file.getFileName() + ".draft"), content);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** While the run goes on, whoever comes later has to find that the servers were started, and ended. */
    private static void removeAfter(Optional<ProcessHandle> owner, Path run) {
        if (owner.filter(ProcessHandle::isAlive).isEmpty()) {
            remove(run);
        }
    }

    static void remove(@Nullable Path folder) {
        if (folder == null || !Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // another was quicker
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
