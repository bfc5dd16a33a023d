package io.tillstream.payment.refund;

import io.tillstream.payment.dispute.Disputes;
import io.tillstream.payment.payable.Payment;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What of one payment's money can still go back: neither given back, nor about to be, nor lost to a dispute. */
@Component
class RefundableAmount {

    private final Refunds refunds;
    private final Disputes disputes;

    RefundableAmount(Refunds refunds, Disputes disputes) {
        this.refunds = refunds;
        this.disputes = disputes;
    }

    /** {@code except} is a refund that is not counted: the one that asks. */
    Mono<Long> of(Payment payment, @Nullable UUID except) {
        Mono<Long> back = refunds.ofPayment(payment.id())
                .filter(refund -> !refund.id().equals(except))
                .filter(refund -> refund.status().givesBack() || refund.isPromised())
                .reduce(0L, (sum, refund) -> sum + refund.money().amount());
        return Mono.zip(back, lost(payment), (given, gone) -> payment.received() - given - gone);
    }

    /**
     * What neither went back nor was lost; below zero where more went than came. What is only asked for is not gone: Stripe may
     * refuse it yet.
     */
    Mono<Long> left(Payment payment) {
        return lost(payment).flatMap(lost -> left(payment, lost));
    }

    private Mono<Long> left(Payment payment, long lost) {
        return refunds.ofPayment(payment.id())
                .filter(refund -> refund.status().isGone())
                .reduce(0L, (sum, refund) -> sum + refund.money().amount())
                .map(given -> payment.received() - given - lost);
    }

    /** Whether a lost dispute took what was left. */
    Mono<Boolean> isLost(Payment payment) {
        return lost(payment).flatMap(lost -> left(payment, lost).map(left -> lost > 0 && left <= 0));
    }

    private Mono<Long> lost(Payment payment) {
        return disputes.ofPayment(payment.id())
                .filter(dispute -> dispute.status().equals("lost"))
                .reduce(0L, (sum, dispute) -> sum + dispute.amount());
    }

    Mono<Boolean> isDisputed(Payment payment) {
        return disputes.ofPayment(payment.id())
                .filter(dispute -> !dispute.isClosed() && !dispute.isInquiry())
                .hasElements();
    }
}
