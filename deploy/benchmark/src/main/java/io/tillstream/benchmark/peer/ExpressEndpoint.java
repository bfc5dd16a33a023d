package io.tillstream.benchmark.peer;

import io.tillstream.benchmark.measure.Topic;
import io.tillstream.local.LocalSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Express with kafkajs, on the same Kafka. */
public final class ExpressEndpoint {
    private ExpressEndpoint() {}

    /** Starts it beside another endpoint, with a topic of its own of as many partitions. */
    public static KafkaEndpoint start(KafkaEndpoint other) throws LeftOut {
        Path program =
                Npm.installed(LocalSettings.standard().root().resolve("deploy/benchmark/src/peers/express-kafka"));
        Topic topic = other.topic().sibling("express.events");
        URI address = URI.create("http://127.0.0.1:" + PeerProcess.freePort());
        PeerProcess node = PeerProcess.start(
                List.of("node", "endpoint.js"),
                Map.of(
                        "NODE_ENV", "production",
                        "PORT", Integer.toString(address.getPort()),
                        "KAFKA", topic.bootstrapServers(),
                        "TOPIC", topic.name(),
                        "WEBHOOK_SECRET", other.secret()),
                program.resolve("endpoint.log"));
        return new KafkaEndpoint(
                address, "/webhooks", other.secret(), topic, Map.of(KafkaEndpoint.OWN, node.id()), node::close);
    }
}
