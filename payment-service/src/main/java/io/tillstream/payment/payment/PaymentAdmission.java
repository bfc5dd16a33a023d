package io.tillstream.payment.payment;

import io.tillstream.delivery.ParkedEvents;
import io.tillstream.delivery.Transactions;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payables.PayableWithPayments;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentHistory;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Whether an attempt may begin, and its beginning. */
@Component
class PaymentAdmission {

    private final Transactions transactions;
    private final Payables payables;
    private final Payments payments;
    private final Writes writes;
    private final ParkedEvents parked;
    private final Clock clock;

    PaymentAdmission(
            Transactions transactions,
            Payables payables,
            Payments payments,
            Writes writes,
            ParkedEvents parked,
            Clock clock) {
        this.transactions = transactions;
        this.payables = payables;
        this.payments = payments;
        this.writes = writes;
        this.parked = parked;
        this.clock = clock;
    }

    /** Refuses early what {@link #begin} would refuse, before Stripe is asked for anything. */
    static Mono<Void> check(PaymentCommand order, PayableWithPayments standing) {
        return Mono.defer(() -> {
                    if (order.isOrderedBefore(standing.departed())) {
                        return Mono.error(closed());
                    }
                    Payable payable = standing.payable();
                    return payable == null ? Mono.empty() : admit(payable, order);
                })
                .then(Mono.defer(() -> nothingInProgress(order, standing.payments())));
    }

    /** Commits the attempt; from here on it is found again whatever happens. */
    Mono<Payment> begin(PaymentCommand order, String customerId, PayableWithPayments standing) {
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
        Mono<Payment> begun = standing.payable() == null
                ? beginFirst(order, payment)
                        .onErrorResume(DuplicateKeyException.class, opened -> beginAnother(order, payment))
                : beginAnother(order, payment);
        return begun.onErrorMap(Payables::isDeparted, gone -> closed());
    }

    /** Nobody knows the payable yet, so nothing has to be looked at under its lock. */
    private Mono<Payment> beginFirst(PaymentCommand order, Payment payment) {
        List<Write> all = new ArrayList<>(beginning(payment));
        all.add(payables.opening(order.reference(), order.userId(), order.money(), order.orderedAt()));
        return transactions.statement(writes.send(all)).thenReturn(payment);
    }

    private Mono<Payment> beginAnother(PaymentCommand order, Payment payment) {
        return transactions
                .run(payables.openAndLock(order.reference(), order.userId(), order.money(), order.orderedAt())
                        .flatMap(payable -> admit(payable, order))
                        .then(Mono.defer(() -> payments.of(order.reference()).collectList()))
                        .flatMap(there -> nothingInProgress(order, there).then(nothingAlive(order, there)))
                        .then(Mono.defer(() -> writes.send(beginning(payment))))
                        .thenReturn(payment))
                .onErrorMap(DuplicateKeyException.class, another -> inProgress());
    }

    private List<Write> beginning(Payment payment) {
        return List.of(
                payments.inserting(payment),
                PaymentHistory.move(payment, null, "api"),
                parked.releasing(List.of(payment.id().toString())));
    }

    /** Takes an attempt back about which Stripe was never asked; false if someone else asks for it by now. */
    Mono<Boolean> takeBack(Payment payment) {
        return transactions.run(payables.lock(payment.reference()).then(payments.takeBack(payment.id())));
    }

    /** The attempt goes on with the customer that was made in place of one that was gone at Stripe. */
    Mono<Payment> changeCustomer(Payment payment, String customerId) {
        return transactions.run(payables.lock(payment.reference()).then(payments.changeCustomer(payment, customerId)));
    }

    /** Before it is asked for once more; false if it was taken back or is over by now. */
    Mono<Boolean> share(Payment payment) {
        return transactions.run(payables.lock(payment.reference()).then(payments.share(payment.id())));
    }

    /** Does {@code work} under the payable's lock, unless someone else asks for it too; then it is empty. */
    Mono<Payment> ifNotShared(Payment payment, Mono<Payment> work) {
        return transactions.run(payables.lock(payment.reference())
                .then(payments.isShared(payment.id()))
                .flatMap(shared -> shared ? Mono.empty() : work));
    }

    private static Mono<Void> admit(Payable payable, PaymentCommand order) {
        return switch (payable.status()) {
            case SETTLED -> Mono.error(Problem.conflict("payable-settled", "This has been paid."));
            case CLOSED -> Mono.error(closed());
            case OPEN ->
                payable.userGone()
                        ? Mono.error(closed())
                        : order.money().equals(payable.owed()) && order.userId().equals(payable.userId())
                                ? Mono.empty()
                                : Mono.error(Problem.conflict(
                                        "payable-differs", "Another amount, currency or user is owed."));
        };
    }

    private static Problem closed() {
        return Problem.conflict("payable-closed", "This can no longer be paid.");
    }

    private static Mono<Void> nothingInProgress(PaymentCommand order, List<Payment> there) {
        return refuseIf(
                others(order, there).anyMatch(payment -> payment.status().inProgress()));
    }

    /** What another request began meanwhile could still take money. */
    private static Mono<Void> nothingAlive(PaymentCommand order, List<Payment> there) {
        return refuseIf(others(order, there).anyMatch(Payment::liveAtStripe));
    }

    private static Mono<Void> refuseIf(boolean busy) {
        return busy ? Mono.error(inProgress()) : Mono.empty();
    }

    private static Stream<Payment> others(PaymentCommand order, List<Payment> there) {
        return there.stream()
                .filter(payment -> payment.reference().equals(order.reference()))
                .filter(payment -> !payment.id().equals(order.id()));
    }

    static Problem inProgress() {
        return Problem.conflict("payment-in-progress", "A payment of this is under way.");
    }
}
