package io.tillstream.payment.refund;

import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** An operator's refund before Stripe is asked: which payment it is of, and that its amount is left of it. */
@Component
class RefundReservation {

    private final Transactions transactions;
    private final Payables payables;
    private final Payments payments;
    private final Refunds refunds;
    private final RefundableAmount refundable;
    private final Clock clock;

    RefundReservation(
            Transactions transactions,
            Payables payables,
            Payments payments,
            Refunds refunds,
            RefundableAmount refundable,
            Clock clock) {
        this.transactions = transactions;
        this.payables = payables;
        this.payments = payments;
        this.refunds = refunds;
        this.refundable = refundable;
        this.clock = clock;
    }

    /** Commits it; from here on it is found again whatever happens. Empty where the same one is there already. */
    Mono<Refund> reserve(RefundFlow.RefundCommand wish) {
        return transactions.run(payables.lock(wish.reference())
                .switchIfEmpty(Mono.error(RefundReservation::notPaid))
                .filterWhen(payable -> refunds.find(wish.id()).hasElement().map(there -> !there))
                .flatMap(payable -> wish.charge() == null ? settling(payable) : aimedAt(payable, wish.charge()))
                .flatMap(payment -> refusedWhileDisputed(payment).then(reserve(wish, payment))));
    }

    /** Before it is asked for once more; false if it was taken back. */
    Mono<Boolean> share(Refund refund) {
        return transactions.run(payables.lock(refund.reference()).then(refunds.share(refund.id())));
    }

    private Mono<Payment> settling(Payable payable) {
        UUID paidBy = payable.settledBy();
        return (paidBy == null ? Mono.<Payment>empty() : payments.find(paidBy))
                .filter(payment -> payment.status() == PaymentStatus.SUCCEEDED)
                .switchIfEmpty(Mono.error(RefundReservation::notPaid));
    }

    /** Any charge that holds money: a second payment or a late one too, which nothing else could reach. */
    private Mono<Payment> aimedAt(Payable payable, String charge) {
        return payments.of(payable.reference())
                .filter(Payment::holdsMoney)
                .filter(payment -> isCalled(payment, charge))
                .next()
                .switchIfEmpty(Mono.error(RefundReservation::notPaid));
    }

    private static boolean isCalled(Payment payment, String charge) {
        PaymentIntentState intent = payment.known().intent();
        return charge.equals(payment.id().toString())
                || charge.equals(payment.intentId())
                || (intent != null && charge.equals(intent.chargeId()));
    }

    private Mono<Void> refusedWhileDisputed(Payment payment) {
        return refundable
                .isDisputed(payment)
                .flatMap(disputed -> disputed
                        ? Mono.error(Problem.conflict("payment-disputed", "The payment is disputed."))
                        : Mono.empty());
    }

    private Mono<Refund> reserve(RefundFlow.RefundCommand wish, Payment payment) {
        return refundable.of(payment, null).flatMap(left -> {
            @Nullable Long wished = wish.amount();
            long amount = wished == null ? left : wished;
            if (amount <= 0 || amount > left) {
                return Mono.error(Problem.conflict("refund-exceeds-paid", "That is more than is left of the payment."));
            }
            Refund refund = Refund.begun(
                            wish.id(),
                            payment,
                            new Money(amount, payment.held().currency()),
                            Refund.Purpose.REQUESTED,
                            wish.reason(),
                            clock.instant())
                    .with(wish.note(), null);
            return refunds.begin(refund).thenReturn(refund);
        });
    }

    private static Problem notPaid() {
        return Problem.conflict("not-paid", "There is no payment to refund.");
    }
}
