package io.tillstream.payment.settlement;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.ParkedEvents;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.events.PaymentEvent;
import io.tillstream.payment.payable.Failure;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.PayableStatus;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payment.Known;
import io.tillstream.payment.payable.Payment.Surplus;
import io.tillstream.payment.payable.PaymentHistory;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.PaymentStatusCalculator;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.refund.RefundTransition;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripeevents.FailureKind;
import io.tillstream.stripeevents.PaymentIntentState;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The one place where a payment moves: news from an event, an answer or a look at Stripe become facts, the rules give
 * the status, and what follows from it (payable, refund of surplus money, domain event) is written with it.
 */
@Component
public class PaymentTransition {

    private static final Logger log = LoggerFactory.getLogger(PaymentTransition.class);

    private final Transactions transactions;
    private final Payables payables;
    private final Payments payments;
    private final Writes writes;
    private final RefundTransition refunds;
    private final ParkedEvents parked;
    private final Outbox outbox;
    private final StripeCalls calls;

    PaymentTransition(
            Transactions transactions,
            Payables payables,
            Payments payments,
            Writes writes,
            RefundTransition refunds,
            ParkedEvents parked,
            Outbox outbox,
            StripeCalls calls) {
        this.transactions = transactions;
        this.payables = payables;
        this.payments = payments;
        this.writes = writes;
        this.refunds = refunds;
        this.parked = parked;
        this.outbox = outbox;
        this.calls = calls;
    }

    /** A change of what is known of a payment, in a transaction of its own. */
    public Mono<Payment> settle(Payment payment, String cause, BiFunction<Payment, Known, Payment> change) {
        return transactions.run(
                locked(payment, (payable, now) -> store(payable, now, change.apply(now, now.known()), cause)));
    }

    /** A fact that changes what is known; the rules say what it means. */
    public Mono<Payment> learn(Payment payment, String cause, java.util.function.UnaryOperator<Known> news) {
        return settle(payment, cause, (now, known) -> PaymentStatusCalculator.after(now, news.apply(known)));
    }

    /** A move that no fact of Stripe's tells: unknown, or failed before there was an intent. */
    public Mono<Payment> move(
            Payment payment, String cause, PaymentStatus next, @org.jspecify.annotations.Nullable Failure why) {
        return settle(
                payment,
                cause,
                (now, known) -> now.status().canBecome(next) && known.equals(Known.NOTHING)
                        ? now.becoming(known, next, why)
                        : now);
    }

    /** Runs {@code work} on the payment as it is under its payable's lock; inside a transaction. */
    <T> Mono<T> locked(Payment payment, BiFunction<Payable, Payment, Mono<T>> work) {
        return payables.lockWithPayment(payment.id()).flatMap(now -> work.apply(now.payable(), now.payment()));
    }

    /** Writes the payment's new state and what follows from it; inside a transaction that holds the lock. */
    Mono<Payment> store(Payable payable, Payment before, Payment after, String cause) {
        if (after.equals(before)) {
            return Mono.just(before);
        }
        boolean moved = after.status() != before.status();
        Payment kept = moved ? withSurplus(payable, after) : after;
        List<Write> all = new ArrayList<>(List.of(payments.update(kept)));
        if (moved) {
            log.info("Payment {} is {} by {}", after.id(), after.status(), cause);
            alarm(kept);
            all.add(PaymentHistory.move(kept, before.status(), cause));
            all.addAll(consequences(payable, kept));
        }
        String intent = kept.intentId();
        if (intent != null && !intent.equals(before.intentId())) {
            all.add(parked.releasing(List.of(intent))); // events that waited for this intent can be applied now
        }
        Surplus surplus = moved ? kept.surplus() : null;
        return writes.send(all)
                .then(surplus == null ? Mono.empty() : refunds.giveBack(kept))
                .thenReturn(kept);
    }

    /** A fault of ours that Stripe told on the intent alone: no call of ours was refused, so none was counted. */
    private void alarm(Payment payment) {
        PaymentIntentState intent = payment.known().intent();
        boolean ours = payment.status() == PaymentStatus.FAILED
                && payment.failure() != null
                && FailureKind.FAULT.text().equals(payment.failure().kind());
        if (ours && intent != null && intent.failureType() != null) {
            calls.failedOnIntent(intent.id(), intent.failureType(), String.valueOf(intent.failureCode()));
        }
    }

    /**
     * Where nothing is owed any more, even a wrong amount is not for a person to look at: it goes back. What comes after its user
     * asked to be deleted is decided by {@link PayableClosure}.
     */
    private static Payment withSurplus(Payable payable, Payment payment) {
        if (!payment.holdsMoney() || payment.id().equals(payable.settledBy())) {
            return payment;
        }
        return switch (payable.status()) {
            case OPEN -> payment;
            case SETTLED -> payment.givenBackAs(Surplus.DUPLICATE);
            case CLOSED -> payment.givenBackAs(Surplus.LATE);
        };
    }

    private List<Write> consequences(Payable payable, Payment payment) {
        if (payment.surplus() != null) {
            return List.of();
        }
        return switch (payment.status()) {
            case SUCCEEDED -> payable.holdsWhatComes() ? List.of() : paid(payable, payment);
            case FAILED, CANCELED, MISMATCHED -> List.of(outbox.write(List.of(failed(payment))));
            case INITIATED, UNKNOWN, ACTION_REQUIRED, PROCESSING -> List.of();
        };
    }

    private List<Write> paid(Payable payable, Payment payment) {
        Write told = outbox.write(List.of(succeeded(payment)));
        return payable.status() == PayableStatus.OPEN
                ? List.of(payables.settle(payable, payment.id()), told)
                : List.of(told);
    }

    static PaymentEvent succeeded(Payment payment) {
        return new PaymentEvent.Succeeded(
                payment.reference(),
                payment.userId(),
                payment.id().toString(),
                String.valueOf(payment.intentId()),
                new Money(payment.received(), payment.money().currency()));
    }

    private static PaymentEvent failed(Payment payment) {
        Failure why = payment.failure() == null
                ? new Failure("payment_failed", null, "The payment failed.", true, FailureKind.DECLINED)
                : payment.failure().forBuyers();
        return new PaymentEvent.Failed(
                payment.reference(),
                payment.userId(),
                payment.id().toString(),
                why.code(),
                why.declineCode(),
                why.retryable());
    }

    /** The payment as stored. */
    public Mono<Payment> find(UUID id) {
        return payments.find(id);
    }
}
