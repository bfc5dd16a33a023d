package io.tillstream.order.settlement;

import io.tillstream.delivery.Outbox;
import io.tillstream.events.OrderEvent;
import io.tillstream.events.PaymentEvent;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.Orders;
import io.tillstream.order.order.Timeline;
import io.tillstream.sql.Writes;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * A refund that was answered as pending and that Stripe did not make. No event of Stripe's tells of it, so the order's
 * timeline would say for ever that it is under way. What Stripe made, its own events tell.
 */
@Component
class RefusedRefundHandler {

    private final Orders orders;
    private final Timeline timeline;
    private final Outbox outbox;
    private final Writes writes;

    RefusedRefundHandler(Orders orders, Timeline timeline, Outbox outbox, Writes writes) {
        this.orders = orders;
        this.timeline = timeline;
        this.outbox = outbox;
        this.writes = writes;
    }

    /** Inside the transaction of the event. */
    Mono<Void> apply(PaymentEvent.RefundFailed failed) {
        UUID orderId = id(failed.reference());
        return orderId == null || id(failed.refundId()) == null
                ? Mono.empty()
                : orders.find(orderId).flatMap(order -> tell(order, failed));
    }

    private Mono<Void> tell(Order order, PaymentEvent.RefundFailed failed) {
        return writes.send(
                timeline.called(order.id(), "refund", failed.refundId(), "failed", failed.reason()),
                outbox.write(List.of(new OrderEvent.RefundFailed(
                        order.id().toString(), order.userId(), failed.refundId(), failed.amount(), failed.reason()))));
    }

    /** Ids of Stripe's are no such ids, nor are references of what is no order. */
    static @Nullable UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
