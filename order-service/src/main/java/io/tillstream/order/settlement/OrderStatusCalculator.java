package io.tillstream.order.settlement;

import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.DisputeState;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.RefundState;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state of an order as a function of what is known, never of the sequence in which it came to be known. The first
 * line that fits counts:
 *
 * <table>
 *   <tr><td>canceled, and no way left to pay</td><td>CANCELED, whatever money comes: payment-service gives it back</td></tr>
 *   <tr><td>money came, its customer was deleted, and payment-service has not said which was first</td><td>PAYMENT_PROCESSING</td></tr>
 *   <tr><td>money came, but no payment of the right amount and currency</td><td>MISMATCH; REFUNDED once all of it went back</td></tr>
 *   <tr><td>the payment that counts is disputed</td><td>DISPUTED (not by an inquiry: it moves no money)</td></tr>
 *   <tr><td>such a dispute was lost</td><td>DISPUTE_LOST</td></tr>
 *   <tr><td>all of it, some of it goes back</td><td>REFUNDED, PARTIALLY_REFUNDED</td></tr>
 *   <tr><td>the right money came</td><td>PAID</td></tr>
 *   <tr><td>a payment is processing, or its outcome unknown</td><td>PAYMENT_PROCESSING</td></tr>
 *   <tr><td>a payment waits for the buyer</td><td>ACTION_REQUIRED</td></tr>
 *   <tr><td>a payment failed</td><td>PAYMENT_FAILED</td></tr>
 *   <tr><td>else</td><td>AWAITING_PAYMENT</td></tr>
 * </table>
 *
 * Of several payments that succeeded, the one of which most is left counts: payment-service gives the others back.
 */
final class OrderStatusCalculator {

    private static final String AUTHENTICATION = "authentication_required";

    private OrderStatusCalculator() {}

    /**
     * What is owed.
     *
     * @param canceled whether the order was canceled
     * @param outcomeUnknown whether a try is under way of which not even the intent is known
     * @param left whether money that is seen may be on its way back, as its customer was deleted: {@link Order#isLeft}
     */
    record Terms(long amount, String currency, boolean canceled, boolean outcomeUnknown, boolean left) {

        Terms(long amount, String currency, boolean canceled, boolean outcomeUnknown) {
            this(amount, currency, canceled, outcomeUnknown, false);
        }

        Terms left(boolean isLeft) {
            return new Terms(amount, currency, canceled, outcomeUnknown, isLeft);
        }

        boolean areMetBy(PaymentIntentState intent) {
            return intent.amountReceived() == amount && intent.currency().equals(currency);
        }
    }

    static OrderStatusResult settle(Terms terms, OrderStripeState facts) {
        List<PaymentIntentState> succeeded = succeeded(facts);
        Optional<PaymentIntentState> counts = succeeded.stream()
                .max(Comparator.<PaymentIntentState, Boolean>comparing(terms::areMetBy)
                        .thenComparing(intent -> intent.amountReceived() - refunded(intent, facts))
                        .thenComparing(PaymentIntentState::id, Comparator.reverseOrder()));
        if (counts.isEmpty()) {
            return new OrderStatusResult(withoutMoney(terms, facts), null, 0, null, 0);
        }
        PaymentIntentState intent = counts.get();
        long refunded = Math.min(refunded(intent, facts), intent.amountReceived());
        return new OrderStatusResult(
                withMoney(terms, intent, refunded, facts),
                intent.id(),
                intent.amountReceived(),
                intent.currency(),
                refunded);
    }

    /** Intents that succeeded, or of which a paid session says so before their own event came. */
    static List<PaymentIntentState> succeeded(OrderStripeState facts) {
        Stream<PaymentIntentState> told = facts.intents().values().stream().filter(OrderStatusCalculator::hasSucceeded);
        Stream<PaymentIntentState> toldBySessions = facts.sessions().values().stream()
                .map(OrderStatusCalculator::paidBy)
                .filter(Objects::nonNull)
                .filter(paid -> !hasSucceeded(facts.intents().get(paid.id())));
        return Stream.concat(told, toldBySessions).toList();
    }

    private static boolean hasSucceeded(@Nullable PaymentIntentState intent) {
        return intent != null && intent.status().equals(PaymentIntentState.SUCCEEDED);
    }

    private static @Nullable PaymentIntentState paidBy(CheckoutSessionState session) {
        Long total = session.amountTotal();
        String currency = session.currency();
        String intentId = session.intentId();
        if (!session.paymentStatus().equals("paid") || intentId == null || total == null || currency == null) {
            return null;
        }
        return new PaymentIntentState(
                intentId,
                PaymentIntentState.SUCCEEDED,
                total,
                total,
                currency,
                0,
                session.customerId(),
                null,
                null,
                null,
                null);
    }

    private static OrderStatus withMoney(
            Terms terms, PaymentIntentState intent, long refunded, OrderStripeState facts) {
        if (terms.canceled()) {
            return OrderStatus.CANCELED;
        }
        if (terms.left()) {
            return OrderStatus.PAYMENT_PROCESSING;
        }
        boolean allBack = refunded >= intent.amountReceived();
        if (!terms.areMetBy(intent)) {
            return allBack ? OrderStatus.REFUNDED : OrderStatus.MISMATCH;
        }
        if (hasDispute(intent, facts, dispute -> !dispute.isClosed() && !dispute.isInquiry())) {
            return OrderStatus.DISPUTED;
        }
        if (hasDispute(intent, facts, dispute -> dispute.status().equals("lost"))) {
            return OrderStatus.DISPUTE_LOST;
        }
        if (refunded == 0) {
            return OrderStatus.PAID;
        }
        return allBack ? OrderStatus.REFUNDED : OrderStatus.PARTIALLY_REFUNDED;
    }

    private static OrderStatus withoutMoney(Terms terms, OrderStripeState facts) {
        if (terms.canceled()) {
            return OrderStatus.CANCELED;
        }
        if (terms.outcomeUnknown()) {
            return OrderStatus.PAYMENT_PROCESSING;
        }
        return Stream.concat(
                        facts.intents().values().stream().map(OrderStatusCalculator::statusOf),
                        facts.sessions().values().stream()
                                .filter(session -> session.intentId() == null
                                        || !facts.intents().containsKey(session.intentId()))
                                .map(OrderStatusCalculator::statusOf))
                .max(Comparator.comparing(OrderStatusCalculator::rank))
                .orElse(OrderStatus.AWAITING_PAYMENT);
    }

    private static OrderStatus statusOf(PaymentIntentState intent) {
        return switch (intent.status()) {
            case "processing", "requires_capture" -> OrderStatus.PAYMENT_PROCESSING;
            case "requires_action" -> OrderStatus.ACTION_REQUIRED;
            default -> withoutMethod(intent);
        };
    }

    /** Waiting for a first card, or back after a failed one. */
    private static OrderStatus withoutMethod(PaymentIntentState intent) {
        if (intent.failureCode() == null) {
            return OrderStatus.AWAITING_PAYMENT;
        }
        boolean bankWantsToSeeTheBuyer = !intent.isFinal()
                && (intent.failureCode().equals(AUTHENTICATION) || AUTHENTICATION.equals(intent.declineCode()));
        return bankWantsToSeeTheBuyer ? OrderStatus.ACTION_REQUIRED : OrderStatus.PAYMENT_FAILED;
    }

    private static OrderStatus statusOf(CheckoutSessionState session) {
        if (session.asyncFailed()) {
            return OrderStatus.PAYMENT_FAILED;
        }
        boolean delayed =
                session.status().equals("complete") && session.paymentStatus().equals("unpaid");
        return delayed ? OrderStatus.PAYMENT_PROCESSING : OrderStatus.AWAITING_PAYMENT;
    }

    private static int rank(OrderStatus open) {
        return switch (open) {
            case PAYMENT_PROCESSING -> 3;
            case ACTION_REQUIRED -> 2;
            case PAYMENT_FAILED -> 1;
            default -> 0;
        };
    }

    private static long refunded(PaymentIntentState intent, OrderStripeState facts) {
        return facts.refunds().values().stream()
                .filter(RefundState::givesBack)
                .filter(refund -> isOf(intent, refund.intentId(), refund.chargeId()))
                .mapToLong(RefundState::amount)
                .sum();
    }

    private static boolean hasDispute(
            PaymentIntentState intent, OrderStripeState facts, java.util.function.Predicate<DisputeState> which) {
        return facts.disputes().values().stream()
                .filter(dispute -> isOf(intent, dispute.intentId(), dispute.chargeId()))
                .anyMatch(which);
    }

    /** Old payloads name only the charge. */
    private static boolean isOf(PaymentIntentState intent, @Nullable String intentId, @Nullable String chargeId) {
        return intentId != null ? intentId.equals(intent.id()) : chargeId != null && chargeId.equals(intent.chargeId());
    }
}
