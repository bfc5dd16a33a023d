package io.tillstream.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** A single-node KRaft broker as a process of its own, from the jars on the class path; it can be stopped and started. */
public final class KafkaProcess implements AutoCloseable {

    /** A cold start takes about 5 s on two cores, and 40 s where thirty processes start beside it. */
    private static final Duration START = Duration.ofMinutes(5);

    private static final long LOOK_AGAIN_MILLIS = 50;

    private final Path folder;
    private final Path log;
    private final int port;
    private @Nullable Process process;

    private KafkaProcess(Path folder, Path log, int port) {
        this.folder = folder;
        this.log = log;
        this.port = port;
    }

    /** A broker of the caller's own, with its log in {@code target/logs}. */
    public static KafkaProcess start() {
        return start(TestLogFiles.file("kafka"));
    }

    /** One that is not there yet: {@link #restart} starts it. */
    public static KafkaProcess away() {
        return prepare(TestLogFiles.file("kafka"));
    }

    static KafkaProcess start(Path log) {
        KafkaProcess broker = prepare(log);
        broker.restart();
        return broker;
    }

    private static KafkaProcess prepare(Path log) {
        try {
            Path folder = Files.createTempDirectory("tillstream-kafka");
            int port = FreePort.any();
            Files.writeString(settingsFile(folder), settings(folder, port, FreePort.any()));
            format(folder);
            var broker = new KafkaProcess(folder, log, port);
            Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Ends the broker at once, as a crash would. */
    public void stop() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    /** Starts it, again on the same port with the same data. */
    public void restart() {
        try {
            process = run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady();
    }

    @Override
    public void close() {
        stop();
        SharedServers.remove(folder);
    }

    private void awaitReady() {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < end) {
            if (process == null || !process.isAlive()) {
                throw new IllegalStateException("Kafka ended; see " + log);
            }
            if (!listens()) {
                pause();
                continue;
            }
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
                if (!admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty()) {
                    return;
                }
            } catch (Exception e) {
                // not yet
            }
        }
        throw new IllegalStateException("Kafka not ready; see " + log);
    }

    /** Asked first: Kafka's client asks a broker that does not listen yet without rest, and takes the processor from it. */
    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
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

    private Process run() throws IOException {
        return JavaProcess.of(
                        "kafka.Kafka", List.of("-Xmx384m"), settingsFile(folder).toString())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static Path settingsFile(Path folder) {
        return folder.resolve("server.properties");
    }

    /** In this JVM: one of its own would take longer to start than to do it. */
    private static void format(Path folder) {
        var said = new ByteArrayOutputStream();
        String[] command = {
            "format",
            "--standalone",
            "-t",
            "4L6g3nShT-eMCtK--X86sw",
            "-c",
            settingsFile(folder).toString()
        };
        if (StorageTool.execute(command, new PrintStream(said, true, StandardCharsets.UTF_8)) != 0) {
            throw new IllegalStateException(
                    "Kafka's folder is not formatted: " + said.toString(StandardCharsets.UTF_8));
        }
    }

    private static String settings(Path folder, int port, int controllerPort) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.bootstrap.servers=127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                log.dirs=%3$s
                num.partitions=3
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                group.initial.rebalance.delay.ms=0
                auto.create.topics.enable=false
                """.formatted(port, controllerPort, folder.resolve("data"));
    }
}
