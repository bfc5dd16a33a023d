package io.tillstream.delivery;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.UnreadableEvent;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.MessageListener;

/**
 * Takes {@code stripe.events}, one record after the other, so that a partition keeps its order; the offset is committed
 * after the transaction.
 */
final class StripeEventsListener implements MessageListener<String, byte[]> {

    static final String TOPIC = "stripe.events";

    /** Above the sum of the statements' own limits and one question to Stripe (30 s); reached only if both hang. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(StripeEventsListener.class);

    private final EventSettlement settlement;

    StripeEventsListener(EventSettlement settlement) {
        this.settlement = settlement;
    }

    @Override
    public void onMessage(ConsumerRecord<String, byte[]> record) {
        byte[] body = record.value();
        if (body == null) {
            throw new UnreadableEvent("record without a body");
        }
        StripeEvent event = StripeEvent.read(body);
        Outcome outcome = settlement.settle(event).block(LONGEST);
        LOG.debug("Event {} {}: {}", event.id(), event.type(), outcome);
    }
}
