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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * What payment-service tells that Stripe does not: who is deleted, and which refund Stripe would not make after all; and that a
 * payment ended, or that its money goes back, for the case that Stripe's own event of it never comes: payment-service finds such
 * things by comparing itself with Stripe.
 */
@Component
class PaymentEventHandler implements DomainEventHandler {

    private static final String CUSTOMER_DELETED = DomainEvent.type(CustomerEvent.Deleted.class);
    private static final String REFUND_FAILED = DomainEvent.type(PaymentEvent.RefundFailed.class);

    private static final String SUCCEEDED = DomainEvent.type(PaymentEvent.Succeeded.class);
    private static final String FAILED = DomainEvent.type(PaymentEvent.Failed.class);
    private static final String REFUNDED = DomainEvent.type(PaymentEvent.Refunded.class);
    private static final String DUPLICATE_REFUNDED = DomainEvent.type(PaymentEvent.DuplicateRefunded.class);
    private static final String LATE_REFUNDED = DomainEvent.type(PaymentEvent.LateRefunded.class);
    private static final String DISPUTED = DomainEvent.type(PaymentEvent.Disputed.class);
    private static final String DISPUTE_CLOSED = DomainEvent.type(PaymentEvent.DisputeClosed.class);

    private static final Set<String> HINTS =
            Set.of(SUCCEEDED, FAILED, REFUNDED, DUPLICATE_REFUNDED, LATE_REFUNDED, DISPUTED, DISPUTE_CLOSED);

    /** One that succeeded may fail later, and one that failed is over. */
    private static final Set<String> MADE = Set.of("succeeded", "failed");

    private static final Set<String> OVER = Set.of("failed");
    private static final Set<String> ANY = Set.of();

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
        return Stream.concat(HINTS.stream(), Stream.of(CUSTOMER_DELETED, REFUND_FAILED))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<String> hints() {
        return HINTS;
    }

    @Override
    public Mono<Void> apply(PublishedEvent event) {
        if (event.type().equals(CUSTOMER_DELETED)) {
            return customers.apply(event.id(), event.as(CustomerEvent.Deleted.class));
        }
        if (event.type().equals(REFUND_FAILED)) {
            PaymentEvent.RefundFailed failed = event.as(PaymentEvent.RefundFailed.class);
            return refunds.apply(failed).then(Mono.defer(() -> moneyMoved(failed, failed.refundId(), OVER)));
        }
        return hinted(event);
    }

    /** The event is no proof of money: payment-service is asked, which reads Stripe. */
    private Mono<Void> hinted(PublishedEvent event) {
        String type = event.type();
        if (type.equals(SUCCEEDED)) {
            return ended(event.as(PaymentEvent.Succeeded.class).reference(), true);
        }
        if (type.equals(FAILED)) {
            return ended(event.as(PaymentEvent.Failed.class).reference(), false);
        }
        if (type.equals(REFUNDED)) {
            PaymentEvent.Refunded told = event.as(PaymentEvent.Refunded.class);
            return moneyMoved(told, told.refundId(), MADE);
        }
        if (type.equals(DUPLICATE_REFUNDED)) {
            PaymentEvent.DuplicateRefunded told = event.as(PaymentEvent.DuplicateRefunded.class);
            return moneyMoved(told, told.refundId(), MADE);
        }
        if (type.equals(LATE_REFUNDED)) {
            PaymentEvent.LateRefunded told = event.as(PaymentEvent.LateRefunded.class);
            return moneyMoved(told, told.refundId(), MADE);
        }
        if (type.equals(DISPUTED)) {
            PaymentEvent.Disputed told = event.as(PaymentEvent.Disputed.class);
            return moneyMoved(told, told.disputeId(), ANY);
        }
        PaymentEvent.DisputeClosed told = event.as(PaymentEvent.DisputeClosed.class);
        return moneyMoved(told, told.disputeId(), Set.of(told.outcome()));
    }

    private Mono<Void> ended(String reference, boolean succeeded) {
        UUID orderId = RefusedRefundHandler.id(reference);
        return orderId == null ? Mono.empty() : payments.askSoon(orderId, succeeded);
    }

    /** An id of ours is of a refund that Stripe never made: nobody there knows more of it. */
    private Mono<Void> moneyMoved(PaymentEvent told, String objectId, Set<String> statuses) {
        UUID orderId = RefusedRefundHandler.id(told.reference());
        boolean isStripes = RefusedRefundHandler.id(objectId) == null;
        return orderId != null && isStripes ? payments.askSoon(orderId, objectId, statuses) : Mono.empty();
    }
}
