package io.tillstream.order.settlement;

import io.tillstream.order.payment.OrderPaymentsResponse;
import io.tillstream.order.payment.PaymentResponse;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.DisputeState;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.RefundState;
import org.jspecify.annotations.Nullable;

/** Reads payment-service's answers as facts of Stripe's objects. */
final class PaymentResponseStates {

    private PaymentResponseStates() {}

    static OrderStripeState after(String method, OrderStripeState known, PaymentResponse answer) {
        OrderStripeState facts = known;
        if (answer.stripeCheckoutSessionId() != null) {
            facts = facts.with(new CheckoutSessionState(
                    answer.stripeCheckoutSessionId(),
                    "payment",
                    "open",
                    "unpaid",
                    answer.amount(),
                    answer.currency(),
                    answer.stripePaymentIntentId(),
                    null,
                    false));
        }
        PaymentIntentState intent = intent(method, answer);
        return intent == null ? facts : facts.afterAnswer(intent, null).orElse(facts);
    }

    /** The intent of an answer that {@link #after} could not take in, as an event came meanwhile; null if it could. */
    static @Nullable String unclear(String method, OrderStripeState known, PaymentResponse answer) {
        PaymentIntentState intent = intent(method, answer);
        return intent == null || known.afterAnswer(intent, null).isPresent() ? null : intent.id();
    }

    /** What payment-service read of one intent after {@code seen} was known. */
    static OrderStripeState afterReading(
            OrderStripeState known, PaymentResponse read, @Nullable PaymentIntentState seen) {
        PaymentIntentState refetched = told(read);
        return refetched == null ? known : known.afterAnswer(refetched, seen).orElse(known);
    }

    private static @Nullable PaymentIntentState intent(String method, PaymentResponse answer) {
        return answer.intent() == null
                ? byStatus(method, answer)
                : byIntent(method, answer, intent(answer.intent(), answer.failure()));
    }

    /** Stripe's own word; but a bank that wants to see the buyer is no failure. */
    private static PaymentIntentState byIntent(String method, PaymentResponse answer, PaymentIntentState intent) {
        boolean forTheBuyer = answer.status().equals("action_required") && !waitsForPage(method);
        return forTheBuyer && intent.status().equals("requires_payment_method")
                ? intent(
                        new OrderPaymentsResponse.Intent(
                                intent.id(),
                                "requires_action",
                                intent.amount(),
                                intent.amountReceived(),
                                intent.currency()),
                        null)
                : intent;
    }

    private static boolean waitsForPage(String method) {
        return method.equals("payment_element") || method.equals("checkout");
    }

    private static @Nullable PaymentIntentState byStatus(String method, PaymentResponse answer) {
        String id = answer.stripePaymentIntentId();
        Long amount = answer.amount();
        String currency = answer.currency();
        if (id == null || amount == null || currency == null) {
            return null;
        }
        Long received = answer.amountReceived();
        boolean succeeded =
                answer.status().equals("succeeded") && received != null; // money only by Stripe's own number
        String status =
                switch (answer.status()) {
                    case "succeeded" -> succeeded ? PaymentIntentState.SUCCEEDED : "processing";
                    case "action_required" -> waitsForPage(method) ? "requires_payment_method" : "requires_action";
                    case "failed" -> "requires_payment_method";
                    default -> "processing";
                };
        var failure = answer.failure();
        return new PaymentIntentState(
                id,
                status,
                amount,
                received == null ? 0 : received,
                currency,
                0,
                null,
                null,
                failure == null ? null : failure.code(),
                failure == null ? null : failure.declineCode(),
                failure == null ? null : failure.message());
    }

    /** {@code still}: the order has not moved since we asked, so that the answer is not older than what is known. */
    static OrderStripeState after(OrderStripeState known, OrderPaymentsResponse payable, boolean still) {
        OrderStripeState facts = known;
        for (PaymentResponse payment : payable.allPayments()) {
            PaymentIntentState refetched = told(payment);
            facts = refetched == null ? facts : after(facts, refetched, still && !payable.isStale());
        }
        for (DisputeState dispute : payable.allDisputes()) {
            facts = facts.with(dispute);
        }
        return afterRefunds(facts, payable);
    }

    /** Money may be known by a session before its intent is. */
    private static @Nullable PaymentIntentState told(PaymentResponse payment) {
        boolean moneyCame = payment.status().equals("succeeded") && payment.amountReceived() != null;
        if (moneyCame) {
            return byStatus("checkout", payment);
        }
        PaymentIntentState intent = payment.intent() == null ? null : intent(payment.intent(), payment.failure());
        return intent == null || intent.lacksAmount() ? null : intent;
    }

    private static OrderStripeState after(OrderStripeState known, PaymentIntentState refetched, boolean isNewer) {
        PaymentIntentState before = known.intents().get(refetched.id());
        if (before == null || !isNewer) {
            return known.afterAnswer(refetched, null).orElse(known);
        }
        boolean saysLess = before.status().equals(refetched.status()) && refetched.failureCode() == null;
        return saysLess ? known : known.with(before.afterAsking(refetched, before.asOf()));
    }

    /** A refund that cannot be told to belong to a payment is left to its event. */
    private static OrderStripeState afterRefunds(OrderStripeState known, OrderPaymentsResponse payable) {
        OrderStripeState facts = known;
        for (OrderPaymentsResponse.Refund refund : payable.allRefunds()) {
            String intentId = refund.stripePaymentIntentId() != null
                    ? refund.stripePaymentIntentId()
                    : payable.onlySucceededIntent();
            if (refund.stripeRefundId() != null && intentId != null) {
                facts = facts.with(new RefundState(
                        refund.stripeRefundId(),
                        refund.status(),
                        refund.amount(),
                        refund.currency(),
                        intentId,
                        null,
                        null,
                        null));
            }
        }
        return facts;
    }

    private static long received(OrderPaymentsResponse.Intent intent) {
        Long received = intent.amountReceived();
        return received != null
                ? received
                : intent.status().equals(PaymentIntentState.SUCCEEDED) ? PaymentIntentState.NOT_TOLD : 0;
    }

    /** A PaymentIntent as payment-service read it from Stripe. */
    static PaymentIntentState intent(OrderPaymentsResponse.Intent intent, PaymentResponse.@Nullable Failure failure) {
        boolean canFail = intent.status().equals("requires_payment_method")
                || intent.status().equals("canceled");
        var why = canFail ? failure : null;
        return new PaymentIntentState(
                intent.id(),
                intent.status(),
                intent.amount(),
                received(intent),
                intent.currency(),
                0,
                null,
                null,
                why == null ? null : why.code(),
                why == null ? null : why.declineCode(),
                why == null ? null : why.message());
    }
}
