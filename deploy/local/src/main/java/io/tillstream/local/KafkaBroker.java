package io.tillstream.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/** One KRaft broker that is its own controller. */
final class KafkaBroker implements PartProcess {
    private final int port;
    private final ChildProcess process;
    private final SharedClasses classes;

    private KafkaBroker(int port, ChildProcess process, SharedClasses classes) {
        this.port = port;
        this.process = process;
        this.classes = classes;
    }

    static KafkaBroker start(int port, Jvm jvm, Folders folders) {
        Path home = folders.work(Part.KAFKA);
        Path settings = home.resolve("server.properties");
        try {
            Files.writeString(settings, settings(port, home.resolve("log")));
            if (!Files.exists(home.resolve("log/meta.properties"))) {
                format(jvm, settings, folders);
            }
        } catch (IOException cause) {
            throw new LocalFailure("Kafka's folder cannot be made: " + cause.getMessage(), cause);
        }
        SharedClasses classes = jvm.classesOf("kafka");
        List<String> command = jvm.main(Part.KAFKA.heapMiB(), classes, "kafka.Kafka", settings.toString());
        return new KafkaBroker(port, ChildProcess.start(Part.KAFKA, command, Map.of(), folders), classes);
    }

    private static void format(Jvm jvm, Path settings, Folders folders) throws IOException {
        SharedClasses classes = jvm.classesOf("kafka-format");
        List<String> command = jvm.main(
                64, classes, "kafka.tools.StorageTool", "format", "-t", clusterId(), "-c", settings.toString());
        Process format = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folders.log(Part.KAFKA).toFile())
                .start();
        try {
            if (format.waitFor() != 0) {
                throw new LocalFailure("Kafka's storage cannot be made; " + folders.endOfLog(Part.KAFKA));
            }
            classes.keep();
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted", cause);
        }
    }

    /** Kafka's own ids never begin with a dash, which its tool would take for an option. */
    static String clusterId() {
        return Uuid.randomUuid().toString();
    }

    /** The controller is asked by this broker only: it takes a new port at each start. */
    private static String settings(int port, Path log) {
        int controller = FreePorts.forController();
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                log.dirs=%3$s
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=6
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=2
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                # Nobody waits three seconds for others to join a group that has one member.
                group.initial.rebalance.delay.ms=0
                num.network.threads=2
                num.io.threads=4
                num.recovery.threads.per.data.dir=2
                log.cleaner.dedupe.buffer.size=8388608
                log.segment.bytes=67108864
                """.formatted(port, controller, log);
    }

    /** The port opens when the broker is registered and its logs are read. */
    @Override
    public boolean isReady() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return process.mayListenOn(port);
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void stop(Duration patience) {
        if (process.stop("TERM", patience)) {
            classes.keep();
        }
    }

    @Override
    public ChildProcess process() {
        return process;
    }
}
