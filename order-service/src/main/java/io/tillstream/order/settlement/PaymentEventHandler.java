package io.tillstream.order.settlement;

import io.tillstream.delivery.DomainEventHandler;
import io.tillstream.delivery.PublishedEvent;
import io.tillstream.events.CustomerEvent;
import io.tillstream.events.DomainEvent;
import io.tillstream.events.PaymentEvent;
import io.tillstream.order.customer.CustomerDeletedHandler;
import java.util.Set;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What payment-service tells that Stripe does not: who is deleted, and which refund Stripe would not make after all. */
@Component
class PaymentEventHandler implements DomainEventHandler {

    private static final String CUSTOMER_DELETED = DomainEvent.type(CustomerEvent.Deleted.class);
    private static final String REFUND_FAILED = DomainEvent.type(PaymentEvent.RefundFailed.class);

    private final CustomerDeletedHandler customers;
    private final RefusedRefundHandler refunds;

    PaymentEventHandler(CustomerDeletedHandler customers, RefusedRefundHandler refunds) {
        this.customers = customers;
        this.refunds = refunds;
    }

    @Override
    public String topic() {
        return PaymentEvent.TOPIC;
    }

    @Override
    public Set<String> types() {
        return Set.of(CUSTOMER_DELETED, REFUND_FAILED);
    }

    @Override
    public Mono<Void> apply(PublishedEvent event) {
        return event.type().equals(REFUND_FAILED)
                ? refunds.apply(event.as(PaymentEvent.RefundFailed.class))
                : customers.apply(event.id(), event.as(CustomerEvent.Deleted.class));
    }
}
