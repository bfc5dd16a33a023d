package io.tillstream.payment.payable;

import io.tillstream.events.Money;
import io.tillstream.payment.payable.Payment.Known;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.FailureKind;
import io.tillstream.stripeevents.PaymentIntentState;
import org.jspecify.annotations.Nullable;

/** The status of a payment as a function of what is known from Stripe, in whatever order it came. */
public final class PaymentStatusCalculator {

    private static final String AUTHENTICATION = "authentication_required";

    private static final Failure NOT_AS_ASKED = new Failure(
            "answer_differs",
            null,
            "Stripe made another payment than was asked for; nothing was paid.",
            false,
            FailureKind.FAULT);

    /** A status and, where it is a failure, why. */
    public record Verdict(PaymentStatus status, @Nullable Failure failure) {}

    private PaymentStatusCalculator() {}

    /** The payment with {@code now} known of it. A move that the status does not allow is not made. */
    public static Payment after(Payment payment, Known now) {
        Verdict verdict = verdict(payment, now);
        if (verdict == null) {
            return payment.becoming(now, payment.status(), payment.failure());
        }
        boolean same = payment.status() == verdict.status();
        boolean allowed = payment.status().canBecome(verdict.status());
        return same || allowed
                ? payment.becoming(now, verdict.status(), verdict.failure())
                : payment.becoming(now, payment.status(), payment.failure());
    }

    /** Null while Stripe has told nothing. */
    static @Nullable Verdict verdict(Payment payment, Known known) {
        PaymentIntentState intent = known.intent();
        CheckoutSessionState session = known.session();
        if (intent != null && intent.status().equals(PaymentIntentState.SUCCEEDED)) {
            return money(payment.money(), intent.amountReceived(), intent.currency());
        }
        if (session != null
                && session.status().equals("complete")
                && session.paymentStatus().equals("paid")
                && session.amountTotal() != null
                && session.currency() != null) { // else its intent tells how much came
            return money(payment.money(), session.amountTotal(), session.currency());
        }
        if (differs(payment, known)) {
            boolean over =
                    (session == null || !session.status().equals("open")) && (intent == null || intent.isFinal());
            return over ? new Verdict(PaymentStatus.CANCELED, NOT_AS_ASKED) : new Verdict(PaymentStatus.UNKNOWN, null);
        }
        if (session != null && session.status().equals("expired")) {
            return canceled("session_expired", "The payment page expired.");
        }
        if (session != null && session.status().equals("open")) {
            return new Verdict(PaymentStatus.ACTION_REQUIRED, null); // a declined card leaves the buyer on the page
        }
        if (session != null && session.asyncFailed()) {
            return new Verdict(
                    PaymentStatus.FAILED,
                    intent != null && intent.failureCode() != null
                            ? Failure.of(intent)
                            : new Failure("payment_failed", null, "The payment failed.", true, FailureKind.DECLINED));
        }
        if (intent != null) {
            return of(intent);
        }
        return session == null ? null : new Verdict(PaymentStatus.PROCESSING, null);
    }

    /** What Stripe has of it would take other money, or somebody else's; whoever sees that ends it. */
    private static boolean differs(Payment payment, Known known) {
        PaymentIntentState intent = known.intent();
        CheckoutSessionState session = known.session();
        boolean byIntent = intent != null
                && (intent.amount() != payment.money().amount()
                        || !intent.currency().equals(payment.money().currency())
                        || isOther(payment, intent.customerId()));
        boolean bySession = session != null
                && ((session.amountTotal() != null
                                && session.amountTotal() != payment.money().amount())
                        || (session.currency() != null
                                && !session.currency().equals(payment.money().currency()))
                        || isOther(payment, session.customerId()));
        return byIntent || bySession;
    }

    private static boolean isOther(Payment payment, @Nullable String customer) {
        return customer != null && !customer.equals(payment.stripeCustomerId());
    }

    private static Verdict of(PaymentIntentState intent) {
        return switch (intent.status()) {
            case PaymentIntentState.CANCELED -> canceled("canceled", "The payment was canceled.");
            case "processing", "requires_capture" -> new Verdict(PaymentStatus.PROCESSING, null);
            case "requires_payment_method" -> withoutMethod(intent);
            default -> new Verdict(PaymentStatus.ACTION_REQUIRED, null);
        };
    }

    /** Waiting for a first card, or back after a failed one. */
    private static Verdict withoutMethod(PaymentIntentState intent) {
        if (intent.failureCode() == null) {
            return new Verdict(PaymentStatus.ACTION_REQUIRED, null);
        }
        boolean bankWantsToSeeTheBuyer =
                AUTHENTICATION.equals(intent.failureCode()) || AUTHENTICATION.equals(intent.declineCode());
        return bankWantsToSeeTheBuyer
                ? new Verdict(PaymentStatus.ACTION_REQUIRED, null)
                : new Verdict(PaymentStatus.FAILED, Failure.of(intent));
    }

    private static Verdict money(Money owed, long received, String currency) {
        boolean right = owed.amount() == received && owed.currency().equals(currency);
        return right
                ? new Verdict(PaymentStatus.SUCCEEDED, null)
                : new Verdict(
                        PaymentStatus.MISMATCHED,
                        new Failure(
                                "amount_mismatch",
                                null,
                                "Stripe holds another amount than was owed.",
                                false,
                                FailureKind.FAULT));
    }

    private static Verdict canceled(String code, String message) {
        return new Verdict(PaymentStatus.CANCELED, new Failure(code, null, message, true, FailureKind.NOT_TAKEN));
    }
}
