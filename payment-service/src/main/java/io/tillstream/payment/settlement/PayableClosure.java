package io.tillstream.payment.settlement;

import io.tillstream.delivery.Outbox;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.PayableStatus;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payment.Surplus;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.refund.RefundTransition;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The end of an open payable that nobody can pay any more. What came after its user asked to be deleted has waited for this: its
 * owner alone knows whether it was counted before they heard of that, so that money is either kept and told, or given back. The
 * first close decides for all.
 */
@Component
public class PayableClosure {

    private final Payables payables;
    private final Payments payments;
    private final RefundTransition refunds;
    private final Outbox outbox;
    private final Writes writes;

    PayableClosure(Payables payables, Payments payments, RefundTransition refunds, Outbox outbox, Writes writes) {
        this.payables = payables;
        this.payments = payments;
        this.refunds = refunds;
        this.outbox = outbox;
        this.writes = writes;
    }

    /**
     * Closes it, or settles it by what it held. Inside a transaction that holds its lock.
     *
     * @param all its payments, the oldest first
     * @param keepsMoney whether what it held stays: false where its owner has not counted it, and will not
     */
    public Mono<PayableStatus> of(Payable payable, List<Payment> all, boolean keepsMoney) {
        List<Payment> held = payable.holdsWhatComes() ? undecided(all) : List.of();
        List<Payment> right = held.stream()
                .filter(payment -> payment.status() == PaymentStatus.SUCCEEDED)
                .toList();
        if (keepsMoney && !right.isEmpty()) {
            return settled(payable, right.get(0), right.subList(1, right.size()));
        }
        return payables.close(payable)
                .then(givenBack(keepsMoney ? List.of() : held, Surplus.LATE))
                .thenReturn(PayableStatus.CLOSED);
    }

    /**
     * What an instance of the release before has closed without a look at what was held: that goes back. Nothing where the first
     * close was ours. Inside a transaction that holds its lock.
     */
    public Mono<Void> giveBackHeld(Payable payable, List<Payment> all) {
        boolean isClosed = payable.userGone() && payable.status() == PayableStatus.CLOSED;
        return isClosed ? givenBack(undecided(all), Surplus.LATE) : Mono.empty();
    }

    private static List<Payment> undecided(List<Payment> all) {
        return all.stream()
                .filter(payment -> payment.holdsMoney() && payment.surplus() == null)
                .toList();
    }

    private Mono<PayableStatus> settled(Payable payable, Payment by, List<Payment> others) {
        List<Write> told =
                List.of(payables.settle(payable, by.id()), outbox.write(List.of(PaymentTransition.succeeded(by))));
        return writes.send(told).then(givenBack(others, Surplus.DUPLICATE)).thenReturn(PayableStatus.SETTLED);
    }

    private Mono<Void> givenBack(List<Payment> these, Surplus why) {
        return Flux.fromIterable(these)
                .map(payment -> payment.givenBackAs(why))
                .concatMap(payment -> writes.send(payments.update(payment)).then(refunds.giveBack(payment)))
                .then();
    }
}
