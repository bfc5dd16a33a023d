package io.tillstream.order.settlement;

import io.tillstream.delivery.DomainEventHandler;
import io.tillstream.delivery.PublishedEvent;
import io.tillstream.events.CustomerEvent;
import io.tillstream.events.DomainEvent;
import io.tillstream.events.PaymentEvent;
import io.tillstream.order.customer.CustomerDeletedHandler;
import io.tillstream.order.payment.PaymentAttempts;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * What payment-service tells that Stripe does not: who is deleted, and which refund Stripe would not make after all; and that a
 * payment ended, for the case that Stripe's own event of it never comes.
 */
@Component
class PaymentEventHandler implements DomainEventHandler {

    private static final String CUSTOMER_DELETED = DomainEvent.type(CustomerEvent.Deleted.class);
    private static final String REFUND_FAILED = DomainEvent.type(PaymentEvent.RefundFailed.class);

    private static final String SUCCEEDED = DomainEvent.type(PaymentEvent.Succeeded.class);
    private static final String FAILED = DomainEvent.type(PaymentEvent.Failed.class);

    private final CustomerDeletedHandler customers;
    private final RefusedRefundHandler refunds;
    private final PaymentAttempts payments;

    PaymentEventHandler(CustomerDeletedHandler customers, RefusedRefundHandler refunds, PaymentAttempts payments) {
        this.customers = customers;
        this.refunds = refunds;
        this.payments = payments;
    }

    @Override
    public String topic() {
        return PaymentEvent.TOPIC;
    }

    @Override
    public Set<String> types() {
        return Set.of(CUSTOMER_DELETED, REFUND_FAILED, SUCCEEDED, FAILED);
    }

    @Override
    public Set<String> hints() {
        return Set.of(SUCCEEDED, FAILED);
    }

    @Override
    public Mono<Void> apply(PublishedEvent event) {
        if (event.type().equals(SUCCEEDED)) {
            return ended(event.as(PaymentEvent.Succeeded.class).reference(), true);
        }
        if (event.type().equals(FAILED)) {
            return ended(event.as(PaymentEvent.Failed.class).reference(), false);
        }
        return event.type().equals(REFUND_FAILED)
                ? refunds.apply(event.as(PaymentEvent.RefundFailed.class))
                : customers.apply(event.id(), event.as(CustomerEvent.Deleted.class));
    }

    /** The event is no proof of money: payment-service is asked, which reads Stripe. */
    private Mono<Void> ended(String reference, boolean succeeded) {
        UUID orderId = RefusedRefundHandler.id(reference);
        return orderId == null ? Mono.empty() : payments.askSoon(orderId, succeeded);
    }
}
