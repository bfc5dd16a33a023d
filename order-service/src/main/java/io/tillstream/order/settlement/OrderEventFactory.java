package io.tillstream.order.settlement;

import io.tillstream.events.Money;
import io.tillstream.events.OrderEvent;
import io.tillstream.order.order.CancelReason;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderLine;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.order.payment.PaymentAttempt;
import io.tillstream.stripeevents.CustomerFacingDecline;
import io.tillstream.stripeevents.DisputeState;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.RefundState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What other systems are told of a change: the difference between two sets of facts, so each thing once.
 *
 * <p>Built under the lock of the order's row, from what was and what is.
 */
final class OrderEventFactory {

    private final Order order;
    private final String orderId;
    private final OrderStatusCalculator.Terms terms;
    private final OrderStripeState before;
    private final OrderStripeState after;
    private final OrderStatusResult settled;
    private final List<PaymentAttempt> tries;
    private final List<OrderEvent> events = new ArrayList<>();

    private OrderEventFactory(
            Order order,
            OrderStatusCalculator.Terms terms,
            OrderStripeState before,
            OrderStripeState after,
            OrderStatusResult settled,
            List<PaymentAttempt> tries) {
        this.order = order;
        this.orderId = order.id().toString();
        this.terms = terms;
        this.before = before;
        this.after = after;
        this.settled = settled;
        this.tries = tries;
    }

    static List<OrderEvent> of(
            Order order,
            OrderStatusCalculator.Terms terms,
            OrderStripeState before,
            OrderStripeState after,
            OrderStatusResult settled,
            List<PaymentAttempt> tries) {
        var announcements = new OrderEventFactory(order, terms, before, after, settled, tries);
        announcements.openMoves();
        announcements.money();
        announcements.mismatches();
        announcements.refundsThatFailed();
        announcements.disputes();
        announcements.refunds();
        announcements.paymentReplaced();
        return announcements.events;
    }

    private void openMoves() {
        if (settled.status() == order.status()) {
            return;
        }
        switch (settled.status()) {
            case PAYMENT_PROCESSING ->
                events.add(new OrderEvent.PaymentProcessing(orderId, order.userId(), processing()));
            case ACTION_REQUIRED ->
                events.add(new OrderEvent.ActionRequired(orderId, order.userId(), newestIn("requires_action")));
            case PAYMENT_FAILED -> events.add(failed());
            case AWAITING_PAYMENT ->
                events.add(new OrderEvent.PaymentFailed(
                        orderId, order.userId(), newestIn(PaymentIntentState.CANCELED), "payment_canceled", null));
            case CANCELED ->
                events.add(new OrderEvent.Canceled(
                        orderId,
                        order.userId(),
                        order.cancelReason() == CancelReason.EXPIRED ? "expired" : "requested"));
            default -> {}
        }
    }

    private OrderEvent failed() {
        return after.intents().values().stream()
                .filter(intent -> intent.failureCode() != null)
                .max(Comparator.comparing(PaymentIntentState::asOf))
                .map(intent -> new OrderEvent.PaymentFailed(
                        orderId,
                        order.userId(),
                        payment(intent.id()),
                        CustomerFacingDecline.code(Objects.requireNonNull(intent.failureCode())),
                        CustomerFacingDecline.declineCode(intent.declineCode())))
                .orElseGet(() -> new OrderEvent.PaymentFailed(
                        orderId, order.userId(), tries.isEmpty() ? null : id(tries.get(0)), "payment_failed", null));
    }

    /** The newest try of which not even the intent is known, else the one whose intent is being processed. */
    private @Nullable String processing() {
        return tries.stream()
                .filter(PaymentAttempt::isOutcomeUnknown)
                .findFirst()
                .map(OrderEventFactory::id)
                .orElseGet(() -> newestIn("processing"));
    }

    private @Nullable String newestIn(String status) {
        return after.intents().values().stream()
                .filter(intent -> intent.status().equals(status))
                .max(Comparator.comparing(PaymentIntentState::asOf))
                .map(intent -> payment(intent.id()))
                .orElseGet(() -> tries.isEmpty() ? null : id(tries.get(0)));
    }

    /** payment-service's id of the payment behind an intent; null for an intent that no try of ours made. */
    private @Nullable String payment(String intentId) {
        return tries.stream()
                .filter(one -> intentId.equals(one.paymentIntent()))
                .findFirst()
                .map(OrderEventFactory::id)
                .orElse(null);
    }

    /** A try has the same id there, unless it was told otherwise. */
    private static String id(PaymentAttempt one) {
        return one.paymentId() == null ? one.id().toString() : one.paymentId();
    }

    /** Once in the life of an order: money that came stays known, whatever becomes of it. */
    private void money() {
        if (wasPaid() || settled.status() == OrderStatus.CANCELED || terms.left()) {
            return;
        }
        OrderStatusCalculator.succeeded(after).stream()
                .filter(terms::areMetBy)
                .filter(intent -> intent.id().equals(settled.intentId()))
                .findFirst()
                .ifPresent(intent -> events.add(new OrderEvent.Paid(
                        orderId,
                        order.userId(),
                        payment(intent.id()),
                        intent.id(),
                        new Money(intent.amountReceived(), intent.currency()),
                        OrderLine.told(order))));
    }

    /** Not while nobody could say whether it stays: an order that is open has no money that counts. */
    private boolean wasPaid() {
        return !order.status().isOpen()
                && OrderStatusCalculator.succeeded(before).stream().anyMatch(terms::areMetBy);
    }

    /** Every move is told: here another payment became the one that counts. */
    private void paymentReplaced() {
        String counts = settled.intentId();
        boolean untold = events.isEmpty() && settled.status() != order.status();
        if (untold && counts != null && !counts.equals(order.paymentIntent()) && wasPaid()) {
            events.add(new OrderEvent.PaymentReplaced(
                    orderId,
                    order.userId(),
                    payment(counts),
                    counts,
                    new Money(settled.paid(), Objects.requireNonNull(settled.paidCurrency()))));
        }
    }

    private void mismatches() {
        List<String> known = OrderStatusCalculator.succeeded(before).stream()
                .map(PaymentIntentState::id)
                .toList();
        OrderStatusCalculator.succeeded(after).stream()
                .filter(intent -> !known.contains(intent.id()) && !terms.areMetBy(intent))
                .forEach(intent -> events.add(new OrderEvent.Mismatch(
                        orderId,
                        order.userId(),
                        intent.id(),
                        new Money(terms.amount(), terms.currency()),
                        new Money(intent.amountReceived(), intent.currency()))));
    }

    /** A canceled refund gives nothing back either. */
    private void refundsThatFailed() {
        after.refunds().values().stream()
                .filter(refund -> !refund.givesBack())
                .filter(refund -> givesBack(before.refunds().get(refund.id())))
                .forEach(refund -> events.add(new OrderEvent.RefundFailed(
                        orderId,
                        order.userId(),
                        refund.id(),
                        new Money(refund.amount(), refund.currency()),
                        refund.failureReason() != null ? refund.failureReason() : refund.status())));
    }

    private static boolean givesBack(@Nullable RefundState refund) {
        return refund == null || refund.givesBack();
    }

    private void disputes() {
        for (DisputeState dispute : after.disputes().values()) {
            DisputeState known = before.disputes().get(dispute.id());
            var amount = new Money(dispute.amount(), dispute.currency());
            if (known == null || (known.isInquiry() && !dispute.isInquiry() && !dispute.isClosed())) {
                events.add(new OrderEvent.Disputed(orderId, order.userId(), dispute.id(), amount, dispute.reason()));
            }
            if (dispute.endsAfter(known)) {
                events.add(
                        new OrderEvent.DisputeClosed(orderId, order.userId(), dispute.id(), amount, dispute.status()));
            }
        }
    }

    private void refunds() {
        boolean more = settled.refunded() > order.amountRefunded();
        boolean moneyKnown = settled.status().isPaidFor() && settled.paidCurrency() != null;
        if (!more || !moneyKnown) {
            return;
        }
        String currency = Objects.requireNonNull(settled.paidCurrency());
        var refunded = new Money(settled.refunded(), currency);
        events.add(
                settled.refunded() < settled.paid()
                        ? new OrderEvent.PartiallyRefunded(
                                orderId, order.userId(), refunded, new Money(settled.paid(), currency))
                        : new OrderEvent.Refunded(orderId, order.userId(), refunded));
    }
}
