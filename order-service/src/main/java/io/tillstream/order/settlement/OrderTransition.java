package io.tillstream.order.settlement;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.ParkedEvents;
import io.tillstream.events.OrderEvent;
import io.tillstream.order.order.CancellationQueue;
import io.tillstream.order.order.Cause;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.order.order.Orders;
import io.tillstream.order.order.Timeline;
import io.tillstream.order.payment.PaymentAttempt;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import io.tillstream.stripeevents.PaymentIntentState;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The only one who moves an order: under the lock of its row, what is known grows, the state follows from it, and
 * history and outbox say so, all in the caller's transaction.
 */
@Component
class OrderTransition {

    private static final Logger LOG = LoggerFactory.getLogger(OrderTransition.class);

    private final Orders orders;
    private final StripeObjectStates facts;
    private final Timeline timeline;
    private final ParkedEvents parked;
    private final Outbox outbox;
    private final CancellationQueue cancellations;
    private final Writes writes;
    private final Clock clock;

    OrderTransition(
            Orders orders,
            StripeObjectStates facts,
            Timeline timeline,
            ParkedEvents parked,
            Outbox outbox,
            CancellationQueue cancellations,
            Writes writes,
            Clock clock) {
        this.orders = orders;
        this.facts = facts;
        this.timeline = timeline;
        this.parked = parked;
        this.outbox = outbox;
        this.cancellations = cancellations;
        this.writes = writes;
        this.clock = clock;
    }

    /** What is known of an order, and what it became. */
    record Moved(Order order, boolean newFacts, boolean moved) {}

    /**
     * Adds to what is known of an order; empty if there is no such order.
     *
     * @param news an error of it leaves everything as it was
     */
    Mono<Moved> learn(UUID orderId, Cause cause, OrderTransitionInput news) {
        return orders.lock(orderId).flatMap(order -> learn(order, cause, news));
    }

    /** As above, of an order that is locked already. */
    Mono<Moved> learn(Order locked, Cause cause, OrderTransitionInput news) {
        return facts.known(locked.id()).flatMap(known -> recompute(locked, known, news, locked.canceledAt(), cause));
    }

    Mono<Boolean> isThere(UUID orderId) {
        return orders.find(orderId).hasElement();
    }

    /** What is known of one intent. */
    Mono<Optional<PaymentIntentState>> intent(UUID orderId, String intentId) {
        return facts.known(orderId)
                .map(known -> Optional.ofNullable(known.facts().intents().get(intentId)));
    }

    /** Ends the order, as no way to pay it is left. */
    Mono<Moved> cancel(UUID orderId, Cause cause) {
        return orders.lock(orderId).flatMap(order -> facts.known(orderId)
                .flatMap(known -> recompute(
                        order,
                        known,
                        OrderTransitionInput.of((now, before) -> before),
                        order.canceledAt() != null ? order.canceledAt() : clock.instant(),
                        cause)));
    }

    /** Reckons with what is known already: its terms are others. */
    Mono<Moved> reckon(UUID orderId, Cause cause) {
        return learn(orderId, cause, OrderTransitionInput.of((now, before) -> before));
    }

    /** All is reckoned first, then written in one statement. */
    private Mono<Moved> recompute(
            Order order,
            StripeObjectStates.Known known,
            OrderTransitionInput news,
            @Nullable Instant canceledAt,
            Cause cause) {
        OrderStripeState before = known.facts();
        OrderStripeState after = news.facts().apply(order, before);
        OrderTransitionInput.Tries tries = news.tries().apply(known.tries());
        boolean unknown = tries.now().stream().anyMatch(PaymentAttempt::isOutcomeUnknown);
        var terms = new OrderStatusCalculator.Terms(order.amount(), order.currency(), canceledAt != null, unknown)
                .left(order.isLeft() && order.status().isOpen() && canceledAt == null);
        OrderStatusResult settled = OrderStatusCalculator.settle(terms, after);
        List<OrderEvent> events = OrderEventFactory.of(order, terms, before, after, settled, tries.now());
        boolean newFacts = !before.equals(after);
        List<Write> all = new ArrayList<>(tries.writes());
        all.addAll(news.toldBefore());
        all.addAll(facts.save(order.id(), before, after));
        List<String> newObjects = StripeObjectStates.newObjects(before, after);
        if (!newObjects.isEmpty()) {
            all.add(parked.releasing(newObjects));
        }
        Order moved = move(order, settled, canceledAt, cause, all);
        all.addAll(news.toldAfter().apply(newFacts));
        if (newFacts || !tries.writes().isEmpty()) {
            all.addAll(news.toldOfNews());
        }
        if (!events.isEmpty()) {
            all.add(outbox.write(events));
        }
        boolean isMove = moved.version() > order.version();
        return writes.send(all)
                .then(isMove ? cancellations.moved(moved) : Mono.empty())
                .then(Mono.fromSupplier(() -> {
                    log(order, moved, isMove, cause);
                    return new Moved(moved, newFacts, isMove);
                }));
    }

    /** The order as it is from now on, with what writes it. */
    private Order move(
            Order order, OrderStatusResult settled, @Nullable Instant canceledAt, Cause cause, List<Write> all) {
        boolean same = settled.status() == order.status();
        boolean moreBack =
                settled.status() == OrderStatus.PARTIALLY_REFUNDED && settled.refunded() != order.amountRefunded();
        boolean isMove = !same || moreBack;
        if (isMove && !order.status().canBecome(settled.status())) {
            throw new IllegalStateException(
                    "Order " + order.id() + " cannot become " + settled.status() + " from " + order.status());
        }
        Order moved = moved(order, settled, canceledAt, isMove ? order.version() + 1 : order.version());
        if (moved.equals(order)) {
            return order;
        }
        all.add(orders.update(order, moved));
        if (isMove) {
            all.add(timeline.moved(order.id(), moved.version(), order.status(), moved.status(), cause));
        }
        return moved;
    }

    private Order moved(Order order, OrderStatusResult settled, @Nullable Instant canceledAt, int version) {
        boolean same = settled.status() == order.status()
                && Objects.equals(settled.intentId(), order.paymentIntent())
                && settled.paid() == order.amountPaid()
                && settled.refunded() == order.amountRefunded()
                && Objects.equals(canceledAt, order.canceledAt());
        return new Order(
                order.id(),
                order.userId(),
                settled.status(),
                version,
                order.amount(),
                order.currency(),
                order.lines(),
                order.shippingAddress(),
                order.cancelRequestedAt(),
                order.cancelReason(),
                canceledAt,
                settled.intentId(),
                settled.paid(),
                settled.paidCurrency(),
                settled.refunded(),
                order.createdAt(),
                same ? order.updatedAt() : clock.instant());
    }

    private static void log(Order order, Order moved, boolean isMove, Cause cause) {
        if (isMove) {
            LOG.info(
                    "Order {} {} -> {} by {} {}", order.id(), order.status(), moved.status(), cause.kind(), cause.id());
        }
    }
}
