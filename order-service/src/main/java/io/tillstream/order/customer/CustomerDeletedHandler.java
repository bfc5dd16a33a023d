package io.tillstream.order.customer;

import io.tillstream.delivery.DomainEventHandler;
import io.tillstream.delivery.PublishedEvent;
import io.tillstream.events.CustomerEvent;
import io.tillstream.events.DomainEvent;
import io.tillstream.events.PaymentEvent;
import io.tillstream.order.order.Orders;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Forgets who a deleted customer was and where they live. What they order after that is new, also where the news of the
 * deletion comes late or twice: the moment of the wish decides.
 */
@Component
class CustomerDeletedHandler implements DomainEventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(CustomerDeletedHandler.class);

    private final Orders orders;

    CustomerDeletedHandler(Orders orders) {
        this.orders = orders;
    }

    @Override
    public String topic() {
        return PaymentEvent.TOPIC;
    }

    @Override
    public Set<String> types() {
        return Set.of(DomainEvent.type(CustomerEvent.Deleted.class));
    }

    @Override
    public Mono<Void> apply(PublishedEvent event) {
        CustomerEvent.Deleted deleted = event.as(CustomerEvent.Deleted.class);
        return orders.forgetWhere(deleted.userId(), Instant.parse(deleted.deletedAt()))
                .doOnNext(count -> LOG.info("Event {}: {} orders lost their address", event.id(), count))
                .then();
    }
}
