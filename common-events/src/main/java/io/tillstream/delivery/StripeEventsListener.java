package io.tillstream.delivery;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.UnreadableEvent;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.MessageListener;

/**
 * Takes {@code stripe.events}, one record after the other, so that a partition keeps its order; offsets are committed
 * by the clock, after the transactions. A record behind one of its key that stepped aside waits there too.
 */
final class StripeEventsListener implements MessageListener<String, byte[]> {

    static final String TOPIC = "stripe.events";

    /** Before Stripe's own type in the record's header. */
    private static final String OF_STRIPE = "com.stripe.";

    /** Above the sum of the statements' own limits and one question to Stripe (30 s); reached only if both hang. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    /** One statement; later than that the database is away. */
    private static final Duration WRITTEN = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(StripeEventsListener.class);

    private final StripeEventProcessor settlement;
    private final SetAsideRecords setAside;

    StripeEventsListener(StripeEventProcessor settlement, SetAsideRecords setAside) {
        this.settlement = settlement;
        this.setAside = setAside;
    }

    @Override
    public void onMessage(ConsumerRecord<String, byte[]> record) {
        String type = typeInHeader(record);
        if (type != null && !settlement.follows(type)) {
            return;
        }
        byte[] body = record.value();
        if (body == null) {
            throw new UnreadableEvent("record without a body");
        }
        StripeEvent event = StripeEvent.read(body);
        settlement
                .settle(event, SetAsideRecords.keyOf(record))
                .doOnNext(outcome -> settlement.measure(record.timestamp(), outcome))
                .doOnNext(outcome -> LOG.debug("Event {} {}: {}", event.id(), event.type(), outcome))
                .then()
                .onErrorResume(KeyIsSetAside.class, waits -> setAside.addBehind(record))
                .block(LONGEST);
    }

    /** Null where the record has no header that tells it: then the event itself does. */
    private static @Nullable String typeInHeader(ConsumerRecord<?, ?> record) {
        String told = PublishedEvent.header(record, "ce_type");
        return told != null && told.startsWith(OF_STRIPE) ? told.substring(OF_STRIPE.length()) : null;
    }

    /** It failed often enough: its key waits, the partition goes on. Fails where not even that can be written. */
    @SuppressWarnings("unchecked")
    void stepAside(ConsumerRecord<?, ?> record, String cause) {
        setAside.add((ConsumerRecord<?, byte[]>) record, cause).block(WRITTEN);
        LOG.warn("Record {}-{}@{} steps aside for its key", record.topic(), record.partition(), record.offset());
    }
}
