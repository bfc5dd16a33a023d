package com.example.fulfilment;

import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Ships what is due, and forgets repeats that cannot come any more. */
@Component
@Profile("!dead-letters")
class ShippingRound {

    private static final Logger LOG = LoggerFactory.getLogger(ShippingRound.class);

    private final ReadingProgress progress;
    private final Shipments shipments;
    private final Inbox inbox;
    private final FulfilmentSettings settings;

    ShippingRound(ReadingProgress progress, Shipments shipments, Inbox inbox, FulfilmentSettings settings) {
        this.progress = progress;
        this.shipments = shipments;
        this.inbox = inbox;
        this.settings = settings;
    }

    @Scheduled(fixedDelayString = "${fulfilment.ship-every}")
    void ship() {
        progress.readUntil().ifPresent(this::ship);
    }

    private void ship(Instant read) {
        List<String> claimed;
        do {
            claimed = shipments.claim(read);
            claimed.forEach(this::ship);
        } while (!claimed.isEmpty());
    }

    /** What fails here is tried again when its lease has run out, and keeps no other order. */
    private void ship(String order) {
        try {
            callCarrier(order);
            shipments.shipped(order); // after the call: a crash between them calls again, and loses no parcel
        } catch (RuntimeException cause) {
            LOG.warn("Order {} is not shipped yet: {}", order, cause.toString());
        }
    }

    /** Here yours is called, with the order's id as the idempotency key: the call may be made twice. */
    private static void callCarrier(String order) {
        LOG.info("Order {} is handed to the carrier", order);
    }

    @Scheduled(fixedDelayString = "1h")
    void forget() {
        boolean more;
        do {
            more = inbox.forget(settings.inboxKept());
        } while (more);
    }
}
