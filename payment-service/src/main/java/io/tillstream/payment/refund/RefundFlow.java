package io.tillstream.payment.refund;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.payable.PaymentSettings;
import io.tillstream.payment.payable.Payments;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Giving money back: the amount is reserved and committed, then Stripe is asked, then the answer is kept. */
@Component
public class RefundFlow {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Stripe forgets a key after a day: asked with it then, it would give the money back once more. */
    private static final Duration KEY_IS_KNOWN = Duration.ofHours(23);

    private final Payments payments;
    private final Refunds refunds;
    private final RefundReservation reservation;
    private final RefundSubmitter submitter;
    private final OwedRefundRetryPolicy owed;
    private final Duration all;
    private final Clock clock;

    RefundFlow(
            Payments payments,
            Refunds refunds,
            RefundReservation reservation,
            RefundSubmitter submitter,
            OwedRefundRetryPolicy owed,
            PaymentSettings settings,
            Clock clock) {
        this.payments = payments;
        this.refunds = refunds;
        this.reservation = reservation;
        this.submitter = submitter;
        this.owed = owed;
        this.all = settings.answerWithin();
        this.clock = clock;
    }

    /**
     * What an operator wants; without an amount all that is left.
     *
     * @param charge the payment it is aimed at: our id, or Stripe's of intent or charge; null for the one that counts
     */
    public record RefundCommand(
            UUID id,
            String reference,
            @Nullable Long amount,
            @Nullable String charge,
            @Nullable String reason,
            @Nullable String note) {

        /** Whether it asks for just this refund; without an amount for what was left then. A note may be erased since. */
        boolean asks(Refund refund, long askedAmount) {
            return reference.equals(refund.reference())
                    && (amount == null || amount == askedAmount)
                    && Objects.equals(reason, refund.reason())
                    && (refund.note() == null || Objects.equals(note, refund.note()));
        }
    }

    /** Makes it, or says how the same refund stands by now. Goes on when the caller has gone. */
    public Mono<Refund> refund(RefundCommand wish) {
        return refunds.find(wish.id())
                .flatMap(there -> again(wish, there))
                .switchIfEmpty(Mono.defer(() -> first(wish)));
    }

    /** The same request, sent twice at once, is one refund. */
    private Mono<Refund> first(RefundCommand wish) {
        var word = new CompensationGuard();
        return reservation
                .reserve(wish)
                .onErrorMap(DataAccessResourceFailureException.class, RefundFlow::unknown) // also of its commit
                .flatMap(refund -> waitFor(submitter.ask(refund, word), refund, word))
                .switchIfEmpty(Mono.defer(() -> refund(wish)));
    }

    private Mono<Refund> again(RefundCommand wish, Refund refund) {
        return refunds.askedAmount(refund.id()).flatMap(asked -> {
            if (!wish.asks(refund, asked)) {
                return Mono.error(Problem.of(422, "idempotency-key-reused", "This key was used for another refund."));
            }
            return asked == refund.money().amount() ? goOn(wish, refund) : Mono.error(RefundSubmitter.differs());
        });
    }

    private Mono<Refund> goOn(RefundCommand wish, Refund refund) {
        return switch (refund.status()) {
            case INITIATED, UNKNOWN ->
                reservation
                        .share(refund)
                        .onErrorMap(fault -> !(fault instanceof Problem), RefundFlow::unknown)
                        .flatMap(there ->
                                there ? waitFor(askAgain(refund), refund, new CompensationGuard()) : first(wish));
            case REFUSED -> unlessRefused(refund);
            case DELAYED, PENDING, REQUIRES_ACTION, CANCELED, SUCCEEDED, FAILED -> Mono.just(refund);
        };
    }

    private Mono<Refund> askAgain(Refund refund) {
        return isForgotten(refund)
                ? payments.find(refund.paymentId())
                        .flatMap(submitter::learnAll)
                        .then(refunds.find(refund.id()))
                        .flatMap(now -> now.status().isOnlyAskedFor() ? submitter.askAgain(now, false) : Mono.just(now))
                        .onErrorReturn(StripeUnavailable.class, refund)
                : submitter.askAgain(refund, false);
    }

    /** What Stripe did under its key is looked for first. */
    private boolean isForgotten(Refund refund) {
        return !clock.instant().isBefore(refund.createdAt().plus(KEY_IS_KNOWN));
    }

    private static Mono<Refund> unlessRefused(Refund refund) {
        return refund.status() == RefundStatus.REFUSED
                ? Mono.error(RefundSubmitter.refusal(String.valueOf(refund.failureReason())))
                : Mono.just(refund);
    }

    /** The call goes on when the caller has waited long enough. */
    private Mono<Refund> waitFor(Mono<Refund> answer, Refund refund, CompensationGuard word) {
        return word.answer(Transactions.shield(answer), all, refunds.find(refund.id()))
                .flatMap(RefundFlow::unlessRefused)
                .onErrorMap(fault -> !(fault instanceof Problem), RefundFlow::unknown);
    }

    /** It is reserved: Stripe has made it, or the sweep will. A 503 would say that nothing was done. */
    private static Problem unknown(Throwable fault) {
        return Problem.of(
                        504,
                        "refund-outcome-unknown",
                        "Whether the refund was made is not known yet. Send it again with the same key, and no other.")
                .withRetryAfter(RETRY_AFTER)
                .causedBy(fault);
    }

    /** Sees to one that is due: what came of it, and if nothing did, once more. */
    Mono<Void> seeTo(Refund refund) {
        boolean asked = refund.status() != RefundStatus.INITIATED || isForgotten(refund);
        return payments.find(refund.paymentId())
                .flatMap(payment -> (asked ? submitter.learnAll(payment) : Mono.<Void>empty())
                        .then(refunds.find(refund.id()))
                        .flatMap(now ->
                                now.status() == RefundStatus.DELAYED ? owed.prepared(payment, now) : Mono.just(now)))
                .flatMap(now -> switch (now.status()) {
                    case INITIATED, UNKNOWN, DELAYED ->
                        submitter.askAgain(now, true).then();
                    case PENDING, REQUIRES_ACTION -> submitter.answered(now);
                    case REFUSED, CANCELED, SUCCEEDED, FAILED -> Mono.<Void>empty();
                });
    }
}
