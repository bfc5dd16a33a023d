package io.tillstream.order.customer;

import io.tillstream.events.CustomerEvent;
import io.tillstream.order.order.CancellationQueue;
import io.tillstream.order.order.Orders;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Forgets who a deleted customer was and where they live. What they order after that is new, also where the news of the
 * deletion comes late or twice: the moment of the wish decides.
 */
@Component
public class CustomerDeletedHandler {

    private static final Logger LOG = LoggerFactory.getLogger(CustomerDeletedHandler.class);

    private final Orders orders;
    private final CancellationQueue queue;

    CustomerDeletedHandler(Orders orders, CancellationQueue queue) {
        this.orders = orders;
        this.queue = queue;
    }

    /** Inside the transaction of the event. */
    public Mono<Void> apply(String eventId, CustomerEvent.Deleted deleted) {
        return orders.forgetWhere(deleted.userId(), Instant.parse(deleted.deletedAt()))
                .doOnNext(count -> LOG.info("Event {}: {} orders lost their address", eventId, count))
                .then(queue.tellAfterCommit());
    }
}
