package io.tillstream.payment.refund;

import io.tillstream.delivery.Outbox;
import io.tillstream.events.Money;
import io.tillstream.events.PaymentEvent;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.refund.Refund.Purpose;
import io.tillstream.stripeevents.RefundState;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What news of a refund changes. Runs in a transaction that holds the payable's lock. */
@Component
public class RefundTransition {

    private static final Logger log = LoggerFactory.getLogger(RefundTransition.class);

    private static final String DIFFERS = "answer_differs";
    private static final String DISPUTE_CHANGED = "dispute_changed";

    private final Refunds refunds;
    private final OwedRefunds owed;
    private final PromisedRefunds promised;
    private final Outbox outbox;
    private final Clock clock;

    RefundTransition(Refunds refunds, OwedRefunds owed, PromisedRefunds promised, Outbox outbox, Clock clock) {
        this.refunds = refunds;
        this.owed = owed;
        this.promised = promised;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** Money that must not stay goes back. */
    public Mono<Void> giveBack(Payment payment) {
        return owed.giveBack(payment);
    }

    /** A dispute changed: what was refused may pass now. */
    public Mono<Void> afterDispute(Payment payment) {
        return promised.settle(payment, DISPUTE_CHANGED).then(Mono.defer(() -> owed.afterDispute(payment)));
    }

    /**
     * Takes in what Stripe says of a refund.
     *
     * @param ourId our id of it, where Stripe's metadata has one
     */
    public Mono<Refund> learn(Payment payment, RefundState fact, @Nullable UUID ourId) {
        return known(payment, fact, ourId)
                .switchIfEmpty(Mono.defer(() -> madeElsewhere(payment, fact)))
                .flatMap(refund -> move(payment, refund, fact));
    }

    /**
     * Takes in Stripe's answer to our own request, which is ours whatever its amount is. Its event may have come before: with
     * another amount than ours it was taken for somebody else's.
     */
    Mono<Refund> learnAnswer(Payment payment, RefundState fact, UUID ourId) {
        return refunds.find(ourId)
                .filter(refund -> refund.stripeId() == null)
                .flatMap(refund -> refunds.findByStripeId(fact.id())
                        .flatMap(taken -> takeOver(payment, refund, taken))
                        .defaultIfEmpty(refund))
                .flatMap(refund -> move(payment, refund, fact))
                .switchIfEmpty(Mono.defer(() -> learn(payment, fact, ourId)));
    }

    /** What was told of it is not told again. */
    private Mono<Refund> takeOver(Payment payment, Refund refund, Refund taken) {
        Refund became = refund.becoming(taken.status(), taken.stripeId(), taken.failureReason())
                .as(taken.money());
        Refund ours = isMoreThanOwed(payment, refund, taken.money()) ? became.forPerson(DIFFERS) : became;
        return refunds.remove(taken.id())
                .then(refunds.update(ours))
                .then(promised.settle(payment, DIFFERS))
                .then(owed.afterRefund(payment, DIFFERS))
                .thenReturn(ours);
    }

    /**
     * Metadata is anybody's to write: ours is of this payment, of this sum, and made once. Where the answer to our request is
     * missing its sum is not known: taken for another's, it would be asked for once more.
     */
    private Mono<Refund> known(Payment payment, RefundState fact, @Nullable UUID ourId) {
        Mono<Refund> ours = ourId == null
                ? Mono.empty()
                : refunds.find(ourId)
                        .filter(refund -> refund.paymentId().equals(payment.id())
                                && (refund.status() == RefundStatus.UNKNOWN
                                        || refund.money().equals(new Money(fact.amount(), fact.currency())))
                                && (refund.stripeId() == null
                                        || refund.stripeId().equals(fact.id())));
        return refunds.findByStripeId(fact.id()).switchIfEmpty(ours);
    }

    private Mono<Refund> madeElsewhere(Payment payment, RefundState fact) {
        Money money = new Money(fact.amount(), fact.currency());
        Refund refund = Refund.begun(
                        named(fact.id()), payment, money, Purpose.DASHBOARD, fact.reason(), clock.instant())
                .with(null, fact.id());
        return refunds.insert(refund, null).thenReturn(refund);
    }

    private Mono<Refund> move(Payment payment, Refund refund, RefundState fact) {
        RefundStatus next = RefundStatus.ofStripe(fact.status());
        if (!refund.status().canBecome(next)) {
            return Mono.just(refund);
        }
        Money made = new Money(fact.amount(), fact.currency());
        boolean differs = !made.equals(refund.money());
        Refund became = refund.becoming(next, fact.id(), fact.failureReason()).as(made);
        boolean stillOwed = (payment.surplus() != null && !next.givesBack()) || isMoreThanOwed(payment, refund, made);
        Refund moved = stillOwed ? became.forPerson(differs ? DIFFERS : why(fact)) : became;
        log.info("Refund {} of payment {} is {}", moved.id(), payment.id(), next);
        return refunds.update(moved)
                .then(tell(payment, moved))
                .then(Mono.defer(() -> promised.settle(payment, why(fact))))
                .then(Mono.defer(() -> owed.afterRefund(payment, differs ? DIFFERS : why(fact))))
                .thenReturn(moved);
    }

    /** Or in another currency. What is missing where less was made is left to a person as a refund of its own. */
    private static boolean isMoreThanOwed(Payment payment, Refund refund, Money made) {
        Money owed = refund.money();
        return payment.surplus() != null
                && refund.isOwed()
                && (made.amount() > owed.amount() || !made.currency().equals(owed.currency()));
    }

    private static String why(RefundState fact) {
        String reason = fact.failureReason();
        return reason == null ? fact.status() : reason;
    }

    private Mono<Void> tell(Payment payment, Refund refund) {
        return switch (refund.status()) {
            case SUCCEEDED -> given(payment, refund).flatMap(outbox::append);
            case FAILED ->
                outbox.append(new PaymentEvent.RefundFailed(
                        payment.reference(),
                        payment.userId(),
                        payment.id().toString(),
                        String.valueOf(refund.stripeId()),
                        refund.money(),
                        refund.failureReason()));
            default -> Mono.empty();
        };
    }

    private Mono<PaymentEvent> given(Payment payment, Refund refund) {
        String paymentId = payment.id().toString();
        String refundId = String.valueOf(refund.stripeId());
        return switch (refund.purpose()) {
            case DUPLICATE ->
                Mono.just(new PaymentEvent.DuplicateRefunded(
                        payment.reference(), payment.userId(), paymentId, refundId, refund.money()));
            case LATE ->
                Mono.just(new PaymentEvent.LateRefunded(
                        payment.reference(), payment.userId(), paymentId, refundId, refund.money()));
            case REQUESTED, DASHBOARD ->
                refunds.ofPayment(payment.id())
                        .filter(other -> other.status() == RefundStatus.SUCCEEDED)
                        .map(other -> other.money().amount())
                        .reduce(0L, Long::sum)
                        .map(sum -> new PaymentEvent.Refunded(
                                payment.reference(),
                                payment.userId(),
                                paymentId,
                                refundId,
                                refund.money(),
                                new Money(sum, refund.money().currency())));
        };
    }

    private static UUID named(String name) {
        return UUID.nameUUIDFromBytes(("refund:" + name).getBytes(StandardCharsets.UTF_8));
    }
}
