package io.tillstream.benchmark.peer;

import io.tillstream.benchmark.measure.Topic;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** A WebFlux handler that sends to Kafka and answers, and nothing else: what Tillstream's endpoint could be at best. */
public final class BareEndpoint {
    private BareEndpoint() {}

    /** Starts it beside another endpoint, with a topic of its own of as many partitions. */
    public static KafkaEndpoint start(KafkaEndpoint other) throws LeftOut {
        Topic topic = other.topic().sibling("bare.events");
        URI address = URI.create("http://127.0.0.1:" + PeerProcess.freePort());
        BareJvm jvm = BareJvm.of("webhook-ingest", List.of("spring-security", "spring-boot-security", "springdoc"));
        PeerProcess process = jvm.start(
                io.tillstream.benchmark.bare.BareEndpoint.class,
                List.of(
                        "--server.port=" + address.getPort(),
                        "--spring.kafka.bootstrap-servers=" + topic.bootstrapServers(),
                        "--spring.kafka.producer.acks=all",
                        "--spring.kafka.producer.value-serializer="
                                + "org.apache.kafka.common.serialization.ByteArraySerializer",
                        "--topic=" + topic.name()));
        return new KafkaEndpoint(
                address, "/webhooks", other.secret(), topic, Map.of(KafkaEndpoint.OWN, process.id()), process::close);
    }
}
