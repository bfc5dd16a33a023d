package io.tillstream.payment.payment;

import io.tillstream.delivery.ParkedEvents;
import io.tillstream.delivery.Transactions;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentHistory;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.web.Problem;
import java.time.Clock;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Whether an attempt may begin, and its beginning. */
@Component
class Attempts {

    private final Transactions transactions;
    private final Payables payables;
    private final Payments payments;
    private final PaymentHistory history;
    private final ParkedEvents parked;
    private final Clock clock;

    Attempts(
            Transactions transactions,
            Payables payables,
            Payments payments,
            PaymentHistory history,
            ParkedEvents parked,
            Clock clock) {
        this.transactions = transactions;
        this.payables = payables;
        this.payments = payments;
        this.history = history;
        this.parked = parked;
        this.clock = clock;
    }

    /** Refuses early what {@link #begin} would refuse, before Stripe is asked for anything. */
    Mono<Void> check(PayOrder order) {
        return payables.find(order.reference())
                .flatMap(payable -> admit(payable, order))
                .then(nothingInProgress(order));
    }

    /** Commits the attempt; from here on it is found again whatever happens. */
    Mono<Payment> begin(PayOrder order, String customerId) {
        Payment payment = new Payment(
                order.id(),
                order.reference(),
                order.userId(),
                order.method(),
                PaymentStatus.INITIATED,
                true,
                order.money(),
                order.terms(),
                customerId,
                order.paymentMethodId(),
                Payment.Known.NOTHING,
                null,
                null,
                0,
                clock.instant());
        return transactions
                .run(payables.openAndLock(order.reference(), order.userId(), order.money())
                        .flatMap(payable -> admit(payable, order))
                        .then(nothingInProgress(order))
                        .then(nothingAlive(order))
                        .then(payments.insert(payment))
                        .then(history.add(payment, null, "api"))
                        .then(parked.release(order.id().toString()))
                        .thenReturn(payment))
                .onErrorMap(DuplicateKeyException.class, another -> inProgress());
    }

    /** Takes an attempt back about which Stripe was never asked; false if someone else asks for it by now. */
    Mono<Boolean> takeBack(Payment payment) {
        return transactions.run(payables.lock(payment.reference()).then(payments.takeBack(payment.id())));
    }

    /** The attempt goes on with the customer that was made in place of one that was gone at Stripe. */
    Mono<Payment> changeCustomer(Payment payment, String customerId) {
        return transactions.run(payables.lock(payment.reference()).then(payments.changeCustomer(payment, customerId)));
    }

    /** Before it is asked for once more; false if it was taken back. */
    Mono<Boolean> share(Payment payment) {
        return transactions.run(payables.lock(payment.reference()).then(payments.share(payment.id())));
    }

    private static Mono<Void> admit(Payable payable, PayOrder order) {
        return switch (payable.status()) {
            case SETTLED -> Mono.error(Problem.conflict("payable-settled", "This has been paid."));
            case CLOSED -> Mono.error(Problem.conflict("payable-closed", "This can no longer be paid."));
            case OPEN ->
                order.money().equals(payable.owed()) && order.userId().equals(payable.userId())
                        ? Mono.empty()
                        : Mono.error(Problem.conflict("payable-differs", "Another amount, currency or user is owed."));
        };
    }

    private Mono<Void> nothingInProgress(PayOrder order) {
        return others(order)
                .filter(payment -> payment.status().inProgress())
                .hasElements()
                .flatMap(busy -> busy ? Mono.error(inProgress()) : Mono.empty());
    }

    /** What another request began meanwhile could still take money. */
    private Mono<Void> nothingAlive(PayOrder order) {
        return others(order)
                .filter(Payment::liveAtStripe)
                .hasElements()
                .flatMap(alive -> alive ? Mono.error(inProgress()) : Mono.empty());
    }

    private Flux<Payment> others(PayOrder order) {
        return payments.of(order.reference()).filter(payment -> !payment.id().equals(order.id()));
    }

    static Problem inProgress() {
        return Problem.conflict("payment-in-progress", "A payment of this is under way.");
    }
}
