package io.tillstream.payment.refund;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.events.PaymentEvent;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.refund.RefundableAmount.Rest;
import io.tillstream.stripe.RefusalReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Money that came twice or late is owed back, and one no does not end that: it is told at once and tried again with
 * growing rests; what cannot pass by itself is flagged for a person. It ends when the money went back, by whatever way. So it
 * is with what an operator was told is under way, but that is tried again only as a whole, and where that can help: else it
 * failed.
 */
@Component
class OwedRefundRetryPolicy {

    private static final Logger LOG = LoggerFactory.getLogger(OwedRefundRetryPolicy.class);

    private static final String OTHERWISE = Refund.GIVEN_BACK_OTHERWISE;

    private final Transactions transactions;
    private final Payables payables;
    private final Refunds refunds;
    private final RefundableAmount refundable;
    private final Outbox outbox;

    OwedRefundRetryPolicy(
            Transactions transactions, Payables payables, Refunds refunds, RefundableAmount refundable, Outbox outbox) {
        this.transactions = transactions;
        this.payables = payables;
        this.refunds = refunds;
        this.refundable = refundable;
        this.outbox = outbox;
    }

    /** Stripe said no. */
    Mono<Refund> refused(Payment payment, Refund refund, String code) {
        return locked(
                payment,
                refund,
                (now, rest) -> isOver(now, rest, code) ? fail(payment, now, code) : delay(payment, now, rest, code));
    }

    private static boolean isOver(Refund now, Rest rest, String code) {
        return !now.isOwed() && (rest.amount() < now.money().amount() || !RefusalReason.passes(code));
    }

    /**
     * Before a refused one is tried again: what is left to give back by now; {@code REFUSED} where that is nothing. Empty while
     * others are asked for that may take of it: it waits for what becomes of them.
     */
    Mono<Refund> prepared(Payment payment, Refund refund) {
        return locked(payment, refund, (now, rest) -> {
            boolean isAsBefore = rest.amount() == now.money().amount();
            if (!isAsBefore && !now.isOwed()) {
                return fail(payment, now, RefundSubmitter.MORE_THAN_LEFT);
            }
            if (rest.isContested()) {
                return Mono.empty();
            }
            return isAsBefore ? Mono.just(now) : ask(now.ofRest(money(payment, rest.amount())));
        });
    }

    private Mono<Refund> ask(Refund rest) {
        return refunds.delay(rest).thenReturn(rest);
    }

    private interface Step {
        Mono<Refund> take(Refund now, Rest rest);
    }

    private Mono<Refund> locked(Payment payment, Refund refund, Step step) {
        return transactions.run(payables.lock(refund.reference())
                .then(refunds.find(refund.id()))
                .flatMap(now -> now.status().isOpen()
                        ? refundable
                                .restOf(payment, now)
                                .flatMap(rest -> rest.amount() <= 0 ? settled(payment, now) : step.take(now, rest))
                        : Mono.just(now)));
    }

    private Mono<Refund> settled(Payment payment, Refund refund) {
        return refundable
                .isLost(payment)
                .flatMap(
                        lost -> settled(payment, refund, refund.isOwed() && lost ? Refund.LOST_TO_DISPUTE : OTHERWISE));
    }

    private Mono<Refund> settled(Payment payment, Refund refund, String why) {
        Refund done = refund.becoming(RefundStatus.REFUSED, refund.stripeId(), why);
        LOG.info("Refund {} is not needed any more: {}", refund.id(), why);
        return refunds.update(done)
                .then(refund.isOwed() ? Mono.empty() : tellFailed(payment, done, OTHERWISE))
                .thenReturn(done);
    }

    private Mono<Refund> delay(Payment payment, Refund now, Rest rest, String code) {
        boolean asBefore = rest.amount() == now.money().amount() && !rest.isContested();
        boolean knowsOne = rest.isContested() && now.attention() != null; // who was called stays so until more is known
        Refund delayed =
                now.delayed(money(payment, rest.amount()), code, knowsOne || (asBefore && !RefusalReason.passes(code)));
        LOG.warn(
                "Refund {} of payment {} is refused and still owed: {}{}",
                now.id(),
                payment.id(),
                code,
                delayed.attention() == null ? "" : ", a person has to look");
        boolean isNews = now.refusals() == 0 || (now.attention() == null && delayed.attention() != null);
        return refunds.delay(delayed)
                .then(now.status().isOnlyAskedFor() ? refunds.wakeWaiting(payment.id()) : Mono.empty())
                .then(isNews ? outbox.append(told(payment, delayed)) : Mono.empty())
                .thenReturn(delayed);
    }

    /** It is over, and who relies on it has to know; a later refund of as much ends that. */
    private Mono<Refund> fail(Payment payment, Refund now, String code) {
        Refund failed = now.becoming(RefundStatus.REFUSED, null, code).forPerson(code);
        LOG.warn("Refund {} of payment {} was under way and failed: {}", now.id(), payment.id(), code);
        return refunds.update(failed)
                .then(refunds.wakeWaiting(payment.id()))
                .then(tellFailed(payment, failed, code))
                .thenReturn(failed);
    }

    private Mono<Void> tellFailed(Payment payment, Refund failed, String code) {
        return outbox.append(new PaymentEvent.RefundFailed(
                payment.reference(),
                payment.userId(),
                payment.id().toString(),
                failed.id().toString(),
                failed.money(),
                code));
    }

    private static PaymentEvent told(Payment payment, Refund refund) {
        return new PaymentEvent.RefundDelayed(
                payment.reference(),
                payment.userId(),
                payment.id().toString(),
                refund.id().toString(),
                refund.money(),
                String.valueOf(refund.failureReason()),
                refund.attention() != null);
    }

    private static Money money(Payment payment, long amount) {
        return new Money(amount, payment.held().currency());
    }
}
