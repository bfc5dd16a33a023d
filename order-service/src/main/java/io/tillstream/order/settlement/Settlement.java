package io.tillstream.order.settlement;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.ParkedEvents;
import io.tillstream.events.OrderEvent;
import io.tillstream.order.order.Cause;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.order.order.Orders;
import io.tillstream.order.order.Timeline;
import io.tillstream.order.payment.OrderPayment;
import io.tillstream.order.payment.OrderPayments;
import io.tillstream.stripeevents.IntentFact;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The only one who moves an order: under the lock of its row, what is known grows, the state follows from it, and
 * history and outbox say so, all in the caller's transaction.
 */
@Component
class Settlement {

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    private final Orders orders;
    private final FactRows facts;
    private final OrderPayments payments;
    private final Timeline timeline;
    private final ParkedEvents parked;
    private final Outbox outbox;
    private final Clock clock;

    Settlement(
            Orders orders,
            FactRows facts,
            OrderPayments payments,
            Timeline timeline,
            ParkedEvents parked,
            Outbox outbox,
            Clock clock) {
        this.orders = orders;
        this.facts = facts;
        this.payments = payments;
        this.timeline = timeline;
        this.parked = parked;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** What is known of an order, and what it became. */
    record Moved(Order order, boolean newFacts, boolean moved) {}

    /**
     * Adds to what is known of an order; empty if there is no such order.
     *
     * @param learn what is known now, by what was known; an error of it leaves everything as it was
     */
    Mono<Moved> learn(UUID orderId, Cause cause, BiFunction<Order, OrderFacts, OrderFacts> learn) {
        return orders.lock(orderId).flatMap(order -> facts.of(orderId).flatMap(before -> {
            OrderFacts after = learn.apply(order, before);
            return facts.save(orderId, before, after)
                    .flatMap(this::release)
                    .then(recompute(order, before, after, order.canceledAt(), cause));
        }));
    }

    Mono<Boolean> isThere(UUID orderId) {
        return orders.find(orderId).hasElement();
    }

    /** What is known of one intent. */
    Mono<Optional<IntentFact>> intent(UUID orderId, String intentId) {
        return facts.of(orderId)
                .map(known -> Optional.ofNullable(known.intents().get(intentId)));
    }

    /** Ends the order, as no way to pay it is left. */
    Mono<Moved> cancel(UUID orderId, Cause cause) {
        return orders.lock(orderId).flatMap(order -> facts.of(orderId)
                .flatMap(known -> recompute(
                        order,
                        known,
                        known,
                        order.canceledAt() != null ? order.canceledAt() : clock.instant(),
                        cause)));
    }

    private Mono<Void> release(List<String> newObjects) {
        return Flux.fromIterable(newObjects).concatMap(parked::release).then();
    }

    private Mono<Moved> recompute(
            Order order, OrderFacts before, OrderFacts after, @Nullable Instant canceledAt, Cause cause) {
        return payments.of(order.id()).collectList().flatMap(tries -> {
            boolean unknown = tries.stream().anyMatch(OrderPayment::isOutcomeUnknown);
            var terms = new SettlementRules.Terms(order.amount(), order.currency(), canceledAt != null, unknown);
            Settled settled = SettlementRules.settle(terms, after);
            List<OrderEvent> events = Announcements.of(order, terms, before, after, settled, tries);
            return move(order, settled, canceledAt, cause).flatMap(moved -> tell(events)
                    .thenReturn(new Moved(moved, !before.equals(after), moved.version() > order.version())));
        });
    }

    private Mono<Order> move(Order order, Settled settled, @Nullable Instant canceledAt, Cause cause) {
        boolean same = settled.status() == order.status();
        boolean moreBack =
                settled.status() == OrderStatus.PARTIALLY_REFUNDED && settled.refunded() != order.amountRefunded();
        boolean isMove = !same || moreBack;
        if (isMove && !order.status().canBecome(settled.status())) {
            return Mono.error(new IllegalStateException(
                    "Order " + order.id() + " cannot become " + settled.status() + " from " + order.status()));
        }
        Order moved = moved(order, settled, canceledAt, isMove ? order.version() + 1 : order.version());
        if (moved.equals(order)) {
            return Mono.just(order);
        }
        Mono<Void> history = isMove
                ? timeline.moved(order.id(), moved.version(), order.status(), moved.status(), cause)
                : Mono.empty();
        return orders.update(order, moved)
                .then(history)
                .doOnSuccess(done -> log(order, moved, isMove, cause))
                .thenReturn(moved);
    }

    private Order moved(Order order, Settled settled, @Nullable Instant canceledAt, int version) {
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
                canceledAt,
                settled.intentId(),
                settled.paid(),
                settled.paidCurrency(),
                settled.refunded(),
                order.createdAt(),
                same ? order.updatedAt() : clock.instant());
    }

    private Mono<Void> tell(List<OrderEvent> events) {
        return Flux.fromIterable(events).concatMap(outbox::append).then();
    }

    private static void log(Order order, Order moved, boolean isMove, Cause cause) {
        if (isMove) {
            LOG.info(
                    "Order {} {} -> {} by {} {}", order.id(), order.status(), moved.status(), cause.kind(), cause.id());
        }
    }
}
