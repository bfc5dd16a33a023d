package io.tillstream.payment.refund;

import io.tillstream.payment.dispute.Disputes;
import io.tillstream.payment.payable.Payment;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
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
     * What one that is owed or promised may give back now.
     *
     * @param amount zero or less where nothing of it is left
     * @param isContested whether others are asked for that may take of it: what Stripe makes of them is not known yet
     */
    record Rest(long amount, boolean isContested) {}

    /**
     * By what is gone, not by what is only asked for: Stripe may refuse that yet. What was promised to an operator goes first, and a
     * dismissal, which says what nobody owes, does not end it.
     */
    Mono<Rest> restOf(Payment payment, Refund refund) {
        Mono<Long> left = refund.isOwed() ? left(payment) : notGone(payment);
        return Mono.zip(left, refunds.ofPayment(payment.id()).collectList(), refunds.askedAmount(refund.id()))
                .map(all -> rest(refund, all.getT1(), all.getT2(), all.getT3()));
    }

    private static Rest rest(Refund refund, long left, List<Refund> all, long asked) {
        long contested = sum(
                all,
                other -> !other.id().equals(refund.id())
                        && (other.status().isOnlyAskedFor() || (refund.isOwed() && other.isPromised())));
        long forPerson = refund.isOwed()
                ? sum(all, other -> isLeftToPerson(other) && !other.id().equals(refund.id()))
                : 0;
        long amount = Math.min(
                left - forPerson, refund.isOwed() ? asked : refund.money().amount());
        return new Rest(amount, contested > 0 && left - forPerson - contested < amount);
    }

    /** How much is left that nobody gives back: no owed refund is open, and what is flagged, or tried by promise, is less. */
    Mono<Long> missing(Payment payment) {
        return Mono.zip(
                left(payment),
                refunds.ofPayment(payment.id()).collectList(),
                (left, all) -> all.stream()
                                .anyMatch(refund ->
                                        refund.isOwed() && refund.status().isOpen())
                        ? 0
                        : left - sum(all, refund -> isLeftToPerson(refund) || refund.isPromised()));
    }

    /** Whether a person has to give back its amount, as nobody tries that any more. */
    private static boolean isLeftToPerson(Refund refund) {
        return refund.attention() != null
                && !refund.status().isOpen()
                && !refund.status().isGone();
    }

    private static long sum(List<Refund> refunds, Predicate<Refund> which) {
        return refunds.stream()
                .filter(which)
                .mapToLong(refund -> refund.money().amount())
                .sum();
    }

    /**
     * What neither went back, nor was lost, nor dismissed; below zero where more went than came. What is only asked for is not
     * gone: Stripe may refuse it yet.
     */
    Mono<Long> left(Payment payment) {
        return lost(payment).flatMap(lost -> left(payment, lost));
    }

    private Mono<Long> left(Payment payment, long lost) {
        return Mono.zip(notGone(payment, lost), refunds.dismissed(payment.id()), (left, waived) -> left - waived);
    }

    /** What neither went back nor was lost, dismissed or not. */
    Mono<Long> notGone(Payment payment) {
        return lost(payment).flatMap(lost -> notGone(payment, lost));
    }

    private Mono<Long> notGone(Payment payment, long lost) {
        return refunds.ofPayment(payment.id())
                .filter(refund -> refund.status().isGone())
                .reduce(0L, (sum, refund) -> sum + refund.money().amount())
                .map(given -> payment.received() - given - lost);
    }

    /** Whether a lost dispute took what was left. */
    Mono<Boolean> isLost(Payment payment) {
        return lost(payment)
                .flatMap(lost ->
                        lost <= 0 ? Mono.just(false) : left(payment, lost).map(left -> left <= 0));
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
