package io.tillstream.payment.refund;

import io.tillstream.payment.payable.Payment;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What is still owed of a payment, by all that went of it. Runs in a transaction that holds the payable's lock. */
@Component
class OwedRefunds {

    private final Refunds refunds;
    private final RefundableAmount refundable;

    OwedRefunds(Refunds refunds, RefundableAmount refundable) {
        this.refunds = refunds;
        this.refundable = refundable;
    }

    /** A refund of it changed: nothing is owed any more of money that must not stay, where none of it is left. */
    Mono<Void> afterRefund(Payment payment) {
        return payment.surplus() == null
                ? Mono.empty()
                : refundable
                        .left(payment)
                        .flatMap(left ->
                                left <= 0 ? refunds.settleOwed(payment.id()) : refunds.wakeWaiting(payment.id()))
                        .then(Mono.defer(() -> followLoss(payment)));
    }

    /** A dispute changed: what was refused may pass now. */
    Mono<Void> afterDispute(Payment payment) {
        return refunds.wake(payment.id()).then(Mono.defer(() -> followLoss(payment)));
    }

    /** Where a dispute is lost, nothing is left for which a person is needed, unless it is won yet. */
    private Mono<Void> followLoss(Payment payment) {
        return refundable
                .isLost(payment)
                .flatMap(lost -> lost ? refunds.nothingIsLeft(payment.id()) : refunds.isLeftAgain(payment.id()));
    }
}
