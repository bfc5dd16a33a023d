package io.tillstream.order.settlement;

import io.tillstream.delivery.Transactions;
import io.tillstream.order.order.Cause;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.Orders;
import io.tillstream.order.order.Timeline;
import io.tillstream.order.payment.OrderPaymentsResponse;
import io.tillstream.order.payment.PaymentAttempt;
import io.tillstream.order.payment.PaymentAttempts;
import io.tillstream.order.payment.PaymentResponse;
import io.tillstream.order.payment.PaymentServiceClient;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import io.tillstream.stripeevents.CustomerFacingDecline;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * What we learn beside Stripe's events: payment-service's answers to our calls, and to our question what became of a
 * payment. It goes through the same rules as an event, with its cause on record.
 */
@Component
public class PaymentResponseHandler {

    private static final int READS = 3; // what still comes between them, its own events tell

    private final PaymentServiceClient service;
    private final PaymentAttempts payments;
    private final Orders orders;
    private final OrderTransition settlement;
    private final Timeline timeline;
    private final Writes writes;
    private final Transactions transactions;

    PaymentResponseHandler(
            PaymentServiceClient service,
            PaymentAttempts payments,
            Orders orders,
            OrderTransition settlement,
            Timeline timeline,
            Writes writes,
            Transactions transactions) {
        this.service = service;
        this.payments = payments;
        this.orders = orders;
        this.settlement = settlement;
        this.timeline = timeline;
        this.writes = writes;
        this.transactions = transactions;
    }

    /**
     * Stores the answer to one try to pay; emits what the order is by it. Where an event came meanwhile and nobody can tell
     * which of the two is the later word, payment-service reads that one intent from Stripe.
     */
    public Mono<Order> answered(UUID attemptId, UUID orderId, String method, PaymentResponse answer) {
        boolean unknown = answer.state() == PaymentAttempt.State.PROCESSING;
        Cause cause = Cause.paymentAnswer(attemptId);
        String why = answer.failure() == null
                ? null
                : CustomerFacingDecline.code(answer.failure().code());
        AtomicReference<@Nullable String> unclear = new AtomicReference<>();
        OrderTransitionInput news = OrderTransitionInput.of((order, known) -> {
                    unclear.set(PaymentResponseStates.unclear(method, known, answer));
                    return PaymentResponseStates.after(method, known, answer);
                })
                .withTries(tries -> answered(tries, attemptId, unknown, answer))
                .toldBefore(timeline.told(orderId, cause, answer.status(), why));
        return transactions
                .run(settlement.learn(orderId, cause, news))
                .map(OrderTransition.Moved::order)
                .flatMap(order -> unclear.get() == null
                        ? Mono.just(order)
                        : ask(orderId, unclear.get(), READS).onErrorReturn(order));
    }

    /** Asks for one intent until nothing comes between reading and storing. */
    private Mono<Order> ask(UUID orderId, String intentId, int reads) {
        Cause cause = Cause.question(orderId);
        AtomicBoolean overtaken = new AtomicBoolean();
        return settlement.intent(orderId, intentId).flatMap(seen -> service.intent(orderId, intentId)
                .flatMap(read ->
                        transactions.run(settlement.learn(orderId, cause, OrderTransitionInput.of((order, known) -> {
                            overtaken.set(!Objects.equals(known.intents().get(intentId), seen.orElse(null)));
                            return PaymentResponseStates.afterReading(known, read, seen.orElse(null));
                        }))))
                .map(OrderTransition.Moved::order)
                .flatMap(order -> overtaken.get() && reads > 0 ? ask(orderId, intentId, reads - 1) : Mono.just(order)));
    }

    private OrderTransitionInput.Tries answered(
            List<PaymentAttempt> tries, UUID attemptId, boolean unknown, PaymentResponse answer) {
        return new OrderTransitionInput.Tries(
                tries.stream()
                        .map(each -> each.id().equals(attemptId) ? each.answered(answer.state(), answer) : each)
                        .toList(),
                List.of(payments.answered(attemptId, answer.state(), unknown, answer)));
    }

    /** payment-service refused the try before anything was done. */
    public Mono<Void> refused(UUID attemptId, UUID orderId, String why) {
        return transactions.statement(writes.send(
                payments.answered(attemptId, PaymentAttempt.State.NOT_STARTED, false, null),
                timeline.calledOnce(
                        orderId, Cause.paymentAnswer(attemptId).what(), attemptId.toString(), "refused", why)));
    }

    /** What became of an operator's refund. The buyer reads it too: neither the operator's name nor their note belongs here. */
    public Mono<Void> refund(UUID orderId, UUID refundId, String outcome, @Nullable String why) {
        return transactions.statement(
                writes.send(timeline.called(orderId, "refund", refundId.toString(), outcome, why)));
    }

    /** No way to pay is left: the order is canceled. */
    public Mono<Order> closed(UUID orderId) {
        Cause cause = Cause.request("POST /api/orders/{id}/cancel", orderId);
        return transactions.run(settlement.cancel(orderId, cause).map(OrderTransition.Moved::order));
    }

    /** It was paid before its cancel: that is what it is, also where money that was seen did not count until now. */
    public Mono<Order> settled(UUID orderId, List<Write> cancelWithdrawn) {
        return transactions.run(writes.send(cancelWithdrawn)
                .then(settlement.reckon(orderId, Cause.question(orderId)))
                .map(OrderTransition.Moved::order));
    }

    /** Asks payment-service, which asks Stripe, what became of the order's payments. */
    public Mono<Order> ask(UUID orderId) {
        return orders.find(orderId).flatMap(before -> service.payable(orderId)
                .flatMap(payable -> transactions.run(learn(before, payable)))
                .switchIfEmpty(Mono.defer(() -> transactions.run(nothingBegun(before)))));
    }

    private Mono<Order> learn(Order before, OrderPaymentsResponse payable) {
        Cause cause = Cause.question(before.id());
        OrderTransitionInput news = OrderTransitionInput.of(
                        (now, known) -> PaymentResponseStates.after(known, payable, now.version() == before.version()))
                .withTries(tries -> resolve(tries, payable))
                .toldOfNews(timeline.told(before.id(), cause, "applied", payable.status()));
        return settlement.learn(before.id(), cause, news).map(OrderTransition.Moved::order);
    }

    /** payment-service does not know the order, so nothing can come of tries that were not answered. */
    private Mono<Order> nothingBegun(Order before) {
        Cause cause = Cause.question(before.id());
        var nothing = new OrderPaymentsResponse(before.id().toString(), "unknown", null, null, null, null);
        OrderTransitionInput news = OrderTransitionInput.of((now, known) -> known)
                .withTries(tries -> resolve(tries, nothing))
                .toldOfNews(timeline.told(before.id(), cause, "applied", "no payment was begun"));
        return settlement.learn(before.id(), cause, news).map(OrderTransition.Moved::order);
    }

    /** Unanswered tries whose fate the payable tells. */
    private OrderTransitionInput.Tries resolve(List<PaymentAttempt> tries, OrderPaymentsResponse payable) {
        List<PaymentAttempt> now = new ArrayList<>();
        List<Write> changes = new ArrayList<>();
        for (PaymentAttempt attempt : tries) {
            now.add(isOpen(attempt) ? resolve(attempt, payable, changes) : attempt);
        }
        return new OrderTransitionInput.Tries(now, changes);
    }

    private static boolean isOpen(PaymentAttempt attempt) {
        return attempt.state() == PaymentAttempt.State.ASKED || attempt.state() == PaymentAttempt.State.PROCESSING;
    }

    private PaymentAttempt resolve(PaymentAttempt attempt, OrderPaymentsResponse payable, List<Write> changes) {
        Optional<PaymentResponse> told = payable.allPayments().stream()
                .filter(payment -> attempt.id().toString().equals(payment.id())
                        || (payment.id() != null && payment.id().equals(attempt.paymentId())))
                .findFirst();
        // Only after its own request must have ended: until then payment-service may be about to begin it.
        if (told.isEmpty() && attempt.asks() == 0) {
            return attempt;
        }
        PaymentResponse answer = told.orElse(null);
        var state = answer == null ? PaymentAttempt.State.NOT_STARTED : answer.state();
        PaymentAttempt now = attempt.answered(state, answer);
        if (!now.equals(attempt)) {
            changes.add(payments.answered(attempt.id(), state, state == PaymentAttempt.State.PROCESSING, answer));
        }
        return now;
    }
}
