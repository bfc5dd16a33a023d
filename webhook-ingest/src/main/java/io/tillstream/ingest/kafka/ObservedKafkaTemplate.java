package io.tillstream.ingest.kafka;

import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.support.ProducerListener;

/** Sends with the trace of the request, and neither waits nor writes a log of its own: whoever sends says what became of it. */
final class ObservedKafkaTemplate extends KafkaTemplate<String, byte[]> {

    ObservedKafkaTemplate(ProducerFactory<String, byte[]> producers) {
        super(producers);
        setObservationEnabled(true); // traceparent
        setProducerListener(new ProducerListener<>() {}); // Spring's own writes a stack trace for each
    }

    /** The cluster's name in a span: to ask for it keeps a thread for 30 s while Kafka is away. */
    @Override
    protected @Nullable String clusterId() {
        return null;
    }
}
