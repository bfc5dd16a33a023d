package com.example.fulfilment;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Takes events from Kafka; the offset is committed after the transaction, so a crash repeats and never loses. Replayed events
 * come on a topic of our own, by a group of its own: a replay of a year holds up no order of today.
 */
@Component
class OrderEventsListener {

    /** The listeners' ids are the names of their groups. */
    static final String LIVE = "fulfilment";

    static final String REPLAYED = "fulfilment.replay";

    private final ShipmentFlow flow;

    OrderEventsListener(ShipmentFlow flow) {
        this.flow = flow;
    }

    @KafkaListener(
            id = LIVE,
            topics = {"${fulfilment.topic-prefix}orders.events", "${fulfilment.topic-prefix}payments.events"},
            autoStartup = "${fulfilment.listen}")
    void live(ConsumerRecord<String, byte[]> record) {
        take(record);
    }

    @KafkaListener(
            id = REPLAYED,
            topics = "${fulfilment.topic-prefix}replay.fulfilment",
            autoStartup = "${fulfilment.listen}")
    void replayed(ConsumerRecord<String, byte[]> record) {
        take(record);
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        if (ShipmentFlow.follows(ReceivedEvent.typeOf(record))) {
            flow.apply(ReceivedEvent.read(record));
        }
    }
}
