package com.example.fulfilment;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * What each event does to a shipment. An order is sent once it is paid, and nothing holds it. That is a function of the events
 * known, never of the sequence they came in: live and replayed events of one order may cross.
 */
@Component
class ShipmentFlow {

    private static final Logger LOG = LoggerFactory.getLogger(ShipmentFlow.class);

    private static final String PLACED = "io.tillstream.order.placed.v1";
    private static final String PAID = "io.tillstream.order.paid.v1";
    private static final String PARTIALLY_REFUNDED = "io.tillstream.order.partially_refunded.v1";
    private static final String REFUNDED = "io.tillstream.order.refunded.v1";
    private static final String PAYMENT_REPLACED = "io.tillstream.order.payment_replaced.v1";
    private static final String DISPUTED = "io.tillstream.order.disputed.v1";
    private static final String DISPUTE_CLOSED = "io.tillstream.order.dispute_closed.v1";
    private static final String CUSTOMER_DELETED = "io.tillstream.customer.deleted.v1";

    private static final Set<String> FOLLOWED = Set.of(
            PLACED, PAID, PARTIALLY_REFUNDED, REFUNDED, PAYMENT_REPLACED, DISPUTED, DISPUTE_CLOSED, CUSTOMER_DELETED);

    private static final String ONE = ""; // a newer refund tells of all that went back

    private final Inbox inbox;
    private final Shipments shipments;

    ShipmentFlow(Inbox inbox, Shipments shipments) {
        this.inbox = inbox;
        this.shipments = shipments;
    }

    /** Types that are not known are left alone: Tillstream publishes more of them as it grows. */
    static boolean follows(@Nullable String type) {
        return type == null || FOLLOWED.contains(type); // without a type it is no event, and told so
    }

    /** Applies an event, unless it was applied before: inbox and effect are one transaction. */
    @Transactional
    public void apply(ReceivedEvent event) {
        if (!inbox.add(event)) {
            LOG.info("{} {} was applied before", event.type(), event.id());
            return;
        }
        switch (event.type()) {
            case PLACED -> shipments.placed(event);
            case PAID -> shipments.paid(event);
            case PARTIALLY_REFUNDED, REFUNDED -> shipments.hold(event, Hold.REFUND, ONE, true);
            case PAYMENT_REPLACED -> shipments.hold(event, Hold.REFUND, ONE, false);
            case DISPUTED -> shipments.hold(event, Hold.DISPUTE, dispute(event), true);
            case DISPUTE_CLOSED ->
                shipments.hold(
                        event,
                        Hold.DISPUTE,
                        dispute(event),
                        event.field("outcome").asString().equals("lost"));
            case CUSTOMER_DELETED -> shipments.erase(event.field("userId").asString(), deletedAt(event));
            default -> throw new IllegalStateException(event.type() + " is followed and has no effect");
        }
        LOG.info("{} {} of {} applied", event.type(), event.id(), event.subject());
    }

    private static String dispute(ReceivedEvent event) {
        return event.field("disputeId").asString();
    }

    private static Instant deletedAt(ReceivedEvent event) {
        try {
            return Instant.parse(event.field("deletedAt").asString());
        } catch (DateTimeParseException cause) {
            throw new UnreadableEvent("deletedAt is no time", cause);
        }
    }
}
