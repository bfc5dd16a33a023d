package io.tillstream.order.settlement;

import io.tillstream.events.Money;
import io.tillstream.events.OrderEvent;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.stripeevents.DisputeFact;
import io.tillstream.stripeevents.IntentFact;
import io.tillstream.stripeevents.RefundFact;
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
final class Announcements {

    private final Order order;
    private final String orderId;
    private final SettlementRules.Terms terms;
    private final OrderFacts before;
    private final OrderFacts after;
    private final Settled settled;
    private final List<OrderEvent> events = new ArrayList<>();

    private Announcements(
            Order order, SettlementRules.Terms terms, OrderFacts before, OrderFacts after, Settled settled) {
        this.order = order;
        this.orderId = order.id().toString();
        this.terms = terms;
        this.before = before;
        this.after = after;
        this.settled = settled;
    }

    static List<OrderEvent> of(
            Order order, SettlementRules.Terms terms, OrderFacts before, OrderFacts after, Settled settled) {
        var announcements = new Announcements(order, terms, before, after, settled);
        announcements.openMoves();
        announcements.money();
        announcements.mismatches();
        announcements.refundsThatFailed();
        announcements.disputes();
        announcements.refunds();
        announcements.paidAfterAll();
        return announcements.events;
    }

    private void openMoves() {
        if (settled.status() == order.status()) {
            return;
        }
        switch (settled.status()) {
            case PAYMENT_PROCESSING -> events.add(new OrderEvent.PaymentProcessing(orderId, order.userId(), null));
            case ACTION_REQUIRED -> events.add(new OrderEvent.ActionRequired(orderId, order.userId(), null));
            case PAYMENT_FAILED -> events.add(failed());
            case AWAITING_PAYMENT ->
                events.add(new OrderEvent.PaymentFailed(orderId, order.userId(), null, "payment_canceled", null));
            case CANCELED -> events.add(new OrderEvent.Canceled(orderId, order.userId(), "requested"));
            default -> {}
        }
    }

    private OrderEvent failed() {
        return after.intents().values().stream()
                .filter(intent -> intent.failureCode() != null)
                .max(Comparator.comparing(IntentFact::asOf))
                .map(intent -> new OrderEvent.PaymentFailed(
                        orderId, order.userId(), null, intent.failureCode(), intent.declineCode()))
                .orElseGet(() -> new OrderEvent.PaymentFailed(orderId, order.userId(), null, "payment_failed", null));
    }

    private void money() {
        boolean wasPaid = SettlementRules.succeeded(before).stream().anyMatch(terms::areMetBy);
        if (wasPaid || settled.status() == OrderStatus.CANCELED) {
            return;
        }
        SettlementRules.succeeded(after).stream()
                .filter(terms::areMetBy)
                .filter(intent -> intent.id().equals(settled.intentId()))
                .findFirst()
                .ifPresent(intent -> events.add(new OrderEvent.Paid(
                        orderId,
                        order.userId(),
                        null,
                        intent.id(),
                        new Money(intent.amountReceived(), intent.currency()))));
    }

    /** Every move is told: here another payment became the one that counts. */
    private void paidAfterAll() {
        if (events.isEmpty() && settled.status() != order.status() && settled.intentId() != null) {
            events.add(new OrderEvent.Paid(
                    orderId,
                    order.userId(),
                    null,
                    settled.intentId(),
                    new Money(settled.paid(), Objects.requireNonNull(settled.paidCurrency()))));
        }
    }

    private void mismatches() {
        List<String> known =
                SettlementRules.succeeded(before).stream().map(IntentFact::id).toList();
        SettlementRules.succeeded(after).stream()
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

    private static boolean givesBack(@Nullable RefundFact refund) {
        return refund == null || refund.givesBack();
    }

    private void disputes() {
        for (DisputeFact dispute : after.disputes().values()) {
            DisputeFact known = before.disputes().get(dispute.id());
            var amount = new Money(dispute.amount(), dispute.currency());
            if (known == null || (known.isInquiry() && !dispute.isInquiry() && !dispute.isClosed())) {
                events.add(new OrderEvent.Disputed(orderId, order.userId(), dispute.id(), amount, dispute.reason()));
            }
            if (dispute.isClosed() && (known == null || !known.isClosed())) {
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
