package io.tillstream.order.settlement;

import io.tillstream.order.payment.Payable;
import io.tillstream.order.payment.PaymentAnswer;
import io.tillstream.stripeevents.DisputeFact;
import io.tillstream.stripeevents.IntentFact;
import io.tillstream.stripeevents.RefundFact;
import io.tillstream.stripeevents.SessionFact;
import org.jspecify.annotations.Nullable;

/** Reads payment-service's answers as facts of Stripe's objects. */
final class AnswerFacts {

    private AnswerFacts() {}

    static OrderFacts after(String method, OrderFacts known, PaymentAnswer answer) {
        OrderFacts facts = known;
        if (answer.stripeCheckoutSessionId() != null) {
            facts = facts.with(new SessionFact(
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
        IntentFact intent = intent(method, answer);
        return intent == null ? facts : facts.afterAnswer(intent, null).orElse(facts);
    }

    /** The intent of an answer that {@link #after} could not take in, as an event came meanwhile; null if it could. */
    static @Nullable String unclear(String method, OrderFacts known, PaymentAnswer answer) {
        IntentFact intent = intent(method, answer);
        return intent == null || known.afterAnswer(intent, null).isPresent() ? null : intent.id();
    }

    /** What payment-service read of one intent after {@code seen} was known. */
    static OrderFacts afterReading(OrderFacts known, PaymentAnswer read, @Nullable IntentFact seen) {
        IntentFact truth = told(read);
        return truth == null ? known : known.afterAnswer(truth, seen).orElse(known);
    }

    private static @Nullable IntentFact intent(String method, PaymentAnswer answer) {
        return answer.intent() == null
                ? byStatus(method, answer)
                : byIntent(method, answer, intent(answer.intent(), answer.failure()));
    }

    /** Stripe's own word; but a bank that wants to see the buyer is no failure. */
    private static IntentFact byIntent(String method, PaymentAnswer answer, IntentFact intent) {
        boolean forTheBuyer = answer.status().equals("action_required") && !waitsForPage(method);
        return forTheBuyer && intent.status().equals("requires_payment_method")
                ? intent(
                        new Payable.Intent(
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

    private static @Nullable IntentFact byStatus(String method, PaymentAnswer answer) {
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
                    case "succeeded" -> succeeded ? IntentFact.SUCCEEDED : "processing";
                    case "action_required" -> waitsForPage(method) ? "requires_payment_method" : "requires_action";
                    case "failed" -> "requires_payment_method";
                    default -> "processing";
                };
        var failure = answer.failure();
        return new IntentFact(
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
    static OrderFacts after(OrderFacts known, Payable payable, boolean still) {
        OrderFacts facts = known;
        for (PaymentAnswer payment : payable.allPayments()) {
            IntentFact truth = told(payment);
            facts = truth == null ? facts : after(facts, truth, still && !payable.isStale());
        }
        for (DisputeFact dispute : payable.allDisputes()) {
            facts = facts.with(dispute);
        }
        return afterRefunds(facts, payable);
    }

    /** Money may be known by a session before its intent is. */
    private static @Nullable IntentFact told(PaymentAnswer payment) {
        boolean moneyCame = payment.status().equals("succeeded") && payment.amountReceived() != null;
        if (moneyCame) {
            return byStatus("checkout", payment);
        }
        IntentFact intent = payment.intent() == null ? null : intent(payment.intent(), payment.failure());
        return intent == null || intent.lacksAmount() ? null : intent;
    }

    private static OrderFacts after(OrderFacts known, IntentFact truth, boolean isNewer) {
        IntentFact before = known.intents().get(truth.id());
        if (before == null || !isNewer) {
            return known.afterAnswer(truth, null).orElse(known);
        }
        boolean saysLess = before.status().equals(truth.status()) && truth.failureCode() == null;
        return saysLess ? known : known.with(before.afterAsking(truth, before.asOf()));
    }

    /** A refund that cannot be told to belong to a payment is left to its event. */
    private static OrderFacts afterRefunds(OrderFacts known, Payable payable) {
        OrderFacts facts = known;
        for (Payable.Refund refund : payable.allRefunds()) {
            String intentId = refund.stripePaymentIntentId() != null
                    ? refund.stripePaymentIntentId()
                    : payable.onlySucceededIntent();
            if (refund.stripeRefundId() != null && intentId != null) {
                facts = facts.with(new RefundFact(
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

    private static long received(Payable.Intent intent) {
        Long received = intent.amountReceived();
        return received != null ? received : intent.status().equals(IntentFact.SUCCEEDED) ? IntentFact.NOT_TOLD : 0;
    }

    /** A PaymentIntent as payment-service read it from Stripe. */
    static IntentFact intent(Payable.Intent intent, PaymentAnswer.@Nullable Failure failure) {
        boolean canFail = intent.status().equals("requires_payment_method")
                || intent.status().equals("canceled");
        var why = canFail ? failure : null;
        return new IntentFact(
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
