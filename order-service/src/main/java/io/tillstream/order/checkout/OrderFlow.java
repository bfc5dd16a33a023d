package io.tillstream.order.checkout;

import io.tillstream.delivery.Transactions;
import io.tillstream.order.order.CancelReason;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.Orders;
import io.tillstream.order.order.Timeline;
import io.tillstream.order.payment.PaymentAttempts;
import io.tillstream.order.payment.PaymentRequest;
import io.tillstream.order.payment.PaymentResponse;
import io.tillstream.order.payment.PaymentServiceClient;
import io.tillstream.order.settlement.PaymentResponseHandler;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The paths of an order in the order they happen. Each is store, ask, store the answer, never with a transaction open
 * while payment-service is asked; a crash may fall between any two, and the same request or a job goes on from there.
 */
@Component
class OrderFlow {

    private static final Logger LOG = LoggerFactory.getLogger(OrderFlow.class);

    private final Orders orders;
    private final PaymentAttempts payments;
    private final PaymentServiceClient service;
    private final PaymentResponseHandler news;
    private final Timeline timeline;
    private final Writes writes;
    private final Transactions transactions;
    private final OrderPayability payability;

    OrderFlow(
            Orders orders,
            PaymentAttempts payments,
            PaymentServiceClient service,
            PaymentResponseHandler news,
            Timeline timeline,
            Writes writes,
            Transactions transactions,
            OrderPayability payability) {
        this.orders = orders;
        this.payments = payments;
        this.service = service;
        this.news = news;
        this.timeline = timeline;
        this.writes = writes;
        this.transactions = transactions;
        this.payability = payability;
    }

    /** An order after a try to pay it, and what became of the try. */
    record Paid(Order order, UUID attemptId, PaymentResponse answer) {}

    /**
     * Tries to pay. The attempt's row is there before payment-service is asked, and its id is the key of that question:
     * asked again with the same id, it is the same try.
     */
    Mono<Paid> pay(Order order, UUID attemptId, String method, PaymentRequest request) {
        return begin(order.id(), attemptId, method)
                .flatMap(isNew -> ask(order.id(), attemptId, method, request, isNew))
                .onErrorResume(Problem.class, no -> decided(order.id(), no).flatMap(Mono::error));
    }

    /** As above, for a try that was stored with its order. */
    Mono<Paid> payBegun(Order order, UUID attemptId, String method, PaymentRequest request) {
        return ask(order.id(), attemptId, method, request, true);
    }

    private Mono<Paid> ask(UUID orderId, UUID attemptId, String method, PaymentRequest request, boolean isNew) {
        return service.pay(attemptId, request)
                .onErrorResume(Problem.class, no -> refused(orderId, attemptId, isNew, no))
                .flatMap(answer -> news.answered(attemptId, orderId, method, answer)
                        .map(paid -> new Paid(paid, attemptId, answer)));
    }

    /** Under the lock of the order's row, so that not even many at once are too many. */
    private Mono<Boolean> begin(UUID orderId, UUID attemptId, String method) {
        return transactions.run(orders.lock(orderId)
                .flatMap(order -> payments.room(attemptId, orderId).flatMap(room -> {
                    if (room.began()) {
                        return Mono.just(false);
                    }
                    payability.check(order);
                    mustNotBeTooMany(room.notBefore());
                    return writes.send(
                                    timeline.calledOnce(
                                            orderId, "payment by " + method, attemptId.toString(), "asked", null),
                                    payments.begin(attemptId, orderId, method))
                            .thenReturn(true);
                })));
    }

    private static void mustNotBeTooMany(@Nullable Instant notBefore) {
        if (notBefore != null) {
            throw Problem.of(429, "too-many-payment-tries", "This order was tried to pay too often; come back later.")
                    .withRetryAfter(Duration.between(Instant.now(), notBefore).plusSeconds(1));
        }
    }

    /** A no before anything was done; but of a try that was asked before, it says nothing. */
    private Mono<PaymentResponse> refused(UUID orderId, UUID attemptId, boolean isNew, Problem no) {
        Mono<Void> stored = isNew ? news.refused(attemptId, orderId, no.code()) : Mono.empty();
        return stored.then(Mono.defer(() -> switch (no.code()) {
            case "payable-settled" -> learn(orderId).then(Mono.error(OrderPayability.alreadyPaid()));
            case "payable-closed" -> Mono.error(OrderPayability.beingCanceled());
            default -> Mono.error(no);
        }));
    }

    /** What a cancel that is under way will come to, where that is known by now. */
    private Mono<Problem> decided(UUID orderId, Problem no) {
        return OrderPayability.isUndecided(no)
                ? learn(orderId).then(orders.find(orderId)).map(now -> OrderPayability.decided(now, no))
                : Mono.just(no);
    }

    /**
     * Cancels: first no new try may begin, then payment-service closes every way to pay, then the order is canceled. If
     * payment-service does not answer, {@link CancellationSweep} goes on.
     */
    Mono<Order> cancel(Order order) {
        if (order.isCanceled()) {
            return Mono.just(order);
        }
        if (!order.status().isOpen()) {
            return Mono.error(OrderPayability.alreadyPaid());
        }
        return transactions
                .run(orders.lock(order.id()).flatMap(locked -> writes.send(
                                orders.requestCancel(order.id()),
                                timeline.calledOnce(
                                        order.id(), "cancel", order.id().toString(), "asked", null))
                        .thenReturn(true)))
                .then(Mono.defer(() -> service.close(order.id(), departed(order))))
                .flatMap(closing -> ended(order.id(), closing));
    }

    /** A user's own cancel is no expiry, also where one is under way. */
    private static @Nullable CancelReason departed(Order order) {
        return order.isLeft() ? CancelReason.CUSTOMER_DELETED : null;
    }

    /** Goes on with a cancel, or tells payment-service of what a deleted user had paid. */
    Mono<Order> finishCancel(UUID orderId) {
        return orders.find(orderId).flatMap(order -> service.close(orderId, order.reasonToClose())
                .flatMap(closing -> order.status().isOpen() ? ended(orderId, closing) : confirmed(order, closing)));
    }

    /** It stays what it is. Where a payment is under way beside the one that counts, it is told once more. */
    private Mono<Order> confirmed(Order order, String closing) {
        if (closing.equals("closed") && order.status().isPaidFor()) {
            LOG.error("Order {} is {}, and payment-service has closed it without money", order.id(), order.status());
        }
        Write row =
                closing.equals("processing") ? orders.postponeCancel(order.id()) : orders.withdrawCancel(order.id());
        return transactions.statement(writes.send(row)).thenReturn(order);
    }

    private Mono<Order> ended(UUID orderId, String closing) {
        return switch (closing) {
            case "closed" -> news.closed(orderId);
            case "settled" ->
                news.settled(orderId, staysOpen(orderId, orders.withdrawCancel(orderId)))
                        .then(learn(orderId))
                        .then(Mono.error(OrderPayability.alreadyPaid()));
            default ->
                transactions
                        .statement(writes.send(staysOpen(orderId, orders.postponeCancel(orderId))))
                        .then(Mono.error(Problem.conflict(
                                "payment-in-progress", "A payment is under way; its outcome decides.")));
        };
    }

    private List<Write> staysOpen(UUID orderId, Write row) {
        return List.of(
                row, timeline.calledOnce(orderId, "cancel", orderId.toString(), "refused", "paid, or about to be"));
    }

    /** At once rather than with the next event; without an answer, the event tells it. */
    private Mono<Void> learn(UUID orderId) {
        return news.ask(orderId)
                .doOnError(fault -> LOG.warn("Order {} waits for its events: {}", orderId, fault.toString()))
                .onErrorComplete()
                .then();
    }
}
