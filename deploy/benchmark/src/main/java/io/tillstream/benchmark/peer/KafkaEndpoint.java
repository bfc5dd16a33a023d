package io.tillstream.benchmark.peer;

import io.tillstream.benchmark.measure.ProcessorTime;
import io.tillstream.benchmark.measure.Topic;
import java.net.URI;
import java.util.Map;

/**
 * Something that takes Stripe's events and answers when Kafka has them.
 *
 * @param secret that Stripe's signatures are made with
 * @param topic where the events are kept
 * @param processes whose work it is, Kafka's apart
 * @param end what stops it
 */
public record KafkaEndpoint(
        URI address, String path, String secret, Topic topic, Map<String, Long> processes, Runnable end)
        implements AutoCloseable {
    /** The process that takes the requests, as the report calls it for each. */
    public static final String OWN = "endpoint";

    public ProcessorTime processorTime() {
        return ProcessorTime.of(processes);
    }

    @Override
    public void close() {
        end.run();
    }
}
