package io.tillstream.benchmark.peer;

import io.tillstream.benchmark.measure.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A peer's process, which says {@code ready} when it takes requests. */
final class PeerProcess implements AutoCloseable {
    private static final int END_SECONDS = 10;

    private final Process process;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PeerProcess(Process process) {
        this.process = process;
    }

    /** Returns when it is ready; what it says is in {@code log}. */
    static PeerProcess start(List<String> command, Map<String, String> environment, Path log) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(Objects.requireNonNull(log.toAbsolutePath().getParent())
                            .toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            PeerProcess peer = new PeerProcess(builder.start());
            Runtime.getRuntime().addShutdownHook(new Thread(peer::close, "stop-peer"));
            Until.equal(() -> Map.of("ready", peer.isReady(log)), Map.of("ready", 1L));
            return peer;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    long id() {
        return process.pid();
    }

    private long isReady(Path log) {
        try {
            boolean alive = process.isAlive();
            String said = Files.readString(log);
            if (!alive) {
                throw new IllegalStateException("it ended at once: " + said);
            }
            return said.contains("ready") ? 1 : 0;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
