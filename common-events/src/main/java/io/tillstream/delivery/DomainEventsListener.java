package io.tillstream.delivery;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.MessageListener;

/** Takes another service's domain events, one record after the other; most are skipped by their type alone. */
final class DomainEventsListener implements MessageListener<String, byte[]> {

    /** Above the sum of the statements' own limits; reached only if the database hangs. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** One statement; later than that the database is away. */
    private static final Duration WRITTEN = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(DomainEventsListener.class);

    private final DomainEventProcessor settlement;
    private final SetAsideRecords setAside;

    DomainEventsListener(DomainEventProcessor settlement, SetAsideRecords setAside) {
        this.settlement = settlement;
        this.setAside = setAside;
    }

    @Override
    public void onMessage(ConsumerRecord<String, byte[]> record) {
        if (!settlement.follows(record)) {
            return;
        }
        settlement
                .settle(record, SetAsideRecords.keyOf(record))
                .onErrorResume(KeyIsSetAside.class, waits -> setAside.addBehind(record))
                .block(LONGEST);
    }

    /** It failed often enough: its key waits, the partition goes on. Fails where not even that can be written. */
    @SuppressWarnings("unchecked")
    void stepAside(ConsumerRecord<?, ?> record, String cause) {
        setAside.add((ConsumerRecord<?, byte[]>) record, cause).block(WRITTEN);
        LOG.warn("Record {}-{}@{} steps aside for its key", record.topic(), record.partition(), record.offset());
    }
}
