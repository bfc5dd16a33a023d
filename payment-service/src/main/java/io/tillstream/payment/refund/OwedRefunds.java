package io.tillstream.payment.refund;

import io.tillstream.events.Money;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.refund.Refund.Purpose;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * What is still owed of a payment, by all that went of it. Money that must not stay, and that neither went back nor was lost, is
 * tried or left to a person. Runs in a transaction that holds the payable's lock.
 */
@Component
class OwedRefunds {

    private static final Logger LOG = LoggerFactory.getLogger(OwedRefunds.class);

    private static final String DISPUTE_WON = "dispute_won";

    private final Refunds refunds;
    private final RefundableAmount refundable;
    private final Clock clock;

    OwedRefunds(Refunds refunds, RefundableAmount refundable, Clock clock) {
        this.refunds = refunds;
        this.refundable = refundable;
        this.clock = clock;
    }

    /** The row is the order to give all of it back, the sweep sees to it at once. */
    Mono<Void> giveBack(Payment payment) {
        UUID id = UUID.nameUUIDFromBytes(
                ("refund:" + purpose(payment) + ":" + payment.id()).getBytes(StandardCharsets.UTF_8));
        return refunds.insert(owed(id, payment, payment.held()), 0.0);
    }

    /** What neither went back, nor was lost, nor dismissed. */
    Mono<Long> left(Payment payment) {
        return refundable.left(payment);
    }

    /**
     * A refund of it changed: nothing is owed any more of money that must not stay, where none of it is left.
     *
     * @param why for whoever has to see to what is left and not tried
     */
    Mono<Void> afterRefund(Payment payment, String why) {
        return payment.surplus() == null
                ? refunds.wakeWaiting(payment.id())
                : Mono.zip(refundable.left(payment), refundable.notGone(payment))
                        .flatMap(left -> left.getT1() <= 0
                                ? refunds.settleOwed(payment.id(), left.getT2() <= 0)
                                : refunds.wakeWaiting(payment.id()))
                        .then(Mono.defer(() -> followLoss(payment)))
                        .then(Mono.defer(() -> flagMissing(payment, why)));
    }

    /** A dispute changed: what was refused may pass now. */
    Mono<Void> afterDispute(Payment payment) {
        return refunds.wake(payment.id())
                .then(Mono.defer(() -> followLoss(payment)))
                .then(Mono.defer(() -> flagMissing(payment, DISPUTE_WON)));
    }

    /** Where a dispute is lost, nothing is left for which a person is needed, unless it is won yet. */
    private Mono<Void> followLoss(Payment payment) {
        return refundable
                .isLost(payment)
                .flatMap(lost -> lost ? refunds.nothingIsLeft(payment.id()) : refunds.isLeftAgain(payment.id()));
    }

    /** What came back, and is of no refund that is open or flagged, has one of its own, for a person. */
    private Mono<Void> flagMissing(Payment payment, String why) {
        return payment.surplus() == null
                ? Mono.empty()
                : refundable
                        .missing(payment)
                        .filter(missing -> missing > 0)
                        .map(missing -> owed(
                                        UUID.randomUUID(),
                                        payment,
                                        new Money(missing, payment.held().currency()))
                                .becoming(RefundStatus.REFUSED, null, why)
                                .forPerson(why))
                        .doOnNext(flagged -> LOG.warn(
                                "Refund {} of payment {} is owed, a person has to look: {}",
                                flagged.id(),
                                payment.id(),
                                why))
                        .flatMap(flagged -> refunds.insert(flagged, null).then(refunds.update(flagged)));
    }

    private Refund owed(UUID id, Payment payment, Money money) {
        Purpose purpose = purpose(payment);
        String reason = purpose == Purpose.DUPLICATE ? "duplicate" : "requested_by_customer";
        return Refund.begun(id, payment, money, purpose, reason, clock.instant());
    }

    private static Purpose purpose(Payment payment) {
        return payment.surplus() == Payment.Surplus.DUPLICATE ? Purpose.DUPLICATE : Purpose.LATE;
    }
}
