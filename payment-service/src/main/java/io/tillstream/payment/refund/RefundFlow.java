package io.tillstream.payment.refund;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payments;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Giving money back: the amount is reserved and committed, then Stripe is asked, then the answer is kept. */
@Component
public class RefundFlow {

    private static final Duration STRIPE_WAIT = Duration.ofSeconds(10); // the caller's own wait is 12 s
    private static final String MORE_THAN_LEFT = "charge_already_refunded"; // Stripe's code, where it gives one

    private final Transactions transactions;
    private final Payables payables;
    private final Payments payments;
    private final Refunds refunds;
    private final RefundReservation reservation;
    private final RefundTransition settlement;
    private final OwedRefundRetry owed;
    private final StripeRefunds stripe;

    RefundFlow(
            Transactions transactions,
            Payables payables,
            Payments payments,
            Refunds refunds,
            RefundReservation reservation,
            RefundTransition settlement,
            OwedRefundRetry owed,
            StripeRefunds stripe) {
        this.transactions = transactions;
        this.payables = payables;
        this.payments = payments;
        this.refunds = refunds;
        this.reservation = reservation;
        this.settlement = settlement;
        this.owed = owed;
        this.stripe = stripe;
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
        boolean asks(Refund refund) {
            return reference.equals(refund.reference())
                    && (amount == null || amount == refund.money().amount())
                    && Objects.equals(reason, refund.reason())
                    && (refund.note() == null || Objects.equals(note, refund.note()));
        }
    }

    public Mono<Refund> refund(RefundCommand wish) {
        return refunds.find(wish.id())
                .flatMap(refund -> wish.asks(refund)
                        ? Mono.just(refund)
                        : Mono.error(
                                Problem.of(422, "idempotency-key-reused", "This key was used for another refund.")))
                .switchIfEmpty(Mono.defer(() -> reservation.reserve(wish)))
                .flatMap(this::askAndWait);
    }

    private Mono<Refund> askAndWait(Refund refund) {
        if (refund.status() == RefundStatus.REFUSED) {
            return Mono.error(refusal(String.valueOf(refund.failureReason())));
        }
        if (refund.status() != RefundStatus.INITIATED && refund.status() != RefundStatus.UNKNOWN) {
            return Mono.just(refund);
        }
        return Transactions.shield(ask(refund, false)).timeout(STRIPE_WAIT, refunds.find(refund.id()));
    }

    /** Asks Stripe and keeps its answer. Asking again is harmless: the key is the refund's id and try. */
    Mono<Refund> ask(Refund refund, boolean background) {
        return payments.find(refund.paymentId())
                .flatMap(payment -> stripe.create(payment, refund, background)
                        .flatMap(answer -> keep(payment, refund, answer))
                        .onErrorResume(
                                OutcomeUnknown.class,
                                unknown -> unknown.isReplayed()
                                        ? afterKeptFailure(payment, refund, background)
                                        : move(refund, RefundStatus.UNKNOWN, null)))
                .onErrorResume(StripeUnavailable.class, away -> away(refund, away, background));
    }

    /**
     * Stripe only repeats a failure that it keeps for the key: that request is over, so its list tells what came of it.
     * What is not there was not made and is asked for under the next key; never a second refund beside a first.
     */
    private Mono<Refund> afterKeptFailure(Payment payment, Refund refund, boolean background) {
        return learnAll(payment)
                .then(refunds.find(refund.id()))
                .flatMap(now -> now.stripeId() == null && now.stripeAttempt() == refund.stripeAttempt()
                        ? transactions
                                .run(refunds.nextStripeAttempt(now.id(), now.stripeAttempt()))
                                .then(refunds.find(now.id()))
                                .flatMap(next -> ask(next, background))
                        : Mono.just(now))
                .onErrorResume(StripeUnavailable.class, away -> move(refund, RefundStatus.UNKNOWN, null));
    }

    private Mono<Refund> keep(Payment payment, Refund refund, StripeResult<JsonNode> answer) {
        if (answer instanceof StripeResult.Different<JsonNode> other) {
            Mono<Refund> kept = learnAnswer(payment, refund, other.made());
            return refund.isOwed() ? kept : kept.then(Mono.error(differs()));
        }
        return answer.fold(
                made -> learnAnswer(payment, refund, made),
                no -> refused(payment, refund, no.code()),
                no -> refused(payment, refund, "amount".equals(no.param()) ? MORE_THAN_LEFT : no.code()));
    }

    private Mono<Refund> learnAnswer(Payment payment, Refund refund, JsonNode answer) {
        RefundState fact = RefundState.read(answer);
        return transactions.run(payables.lock(payment.reference())
                .flatMap(payable -> settlement.learnAnswer(payment, fact, refund.id())));
    }

    /** Takes in Stripe's refund object in a transaction of its own. */
    Mono<Refund> learn(Payment payment, JsonNode refund, @Nullable UUID ourId) {
        RefundState fact = RefundState.read(refund);
        return transactions.run(
                payables.lock(payment.reference()).flatMap(payable -> settlement.learn(payment, fact, ourId)));
    }

    /** Refunds that Stripe has and we may not, for instance made at its dashboard. */
    public Mono<Void> learnAll(Payment payment) {
        String intentId = payment.intentId();
        return intentId == null
                ? Mono.empty()
                : stripe.ofIntent(intentId)
                        .flatMapIterable(all -> all)
                        .concatMap(refund -> learn(payment, refund, ourId(refund)))
                        .then();
    }

    /** Our id of the refund, where it was made by us. */
    public static @Nullable UUID ourId(JsonNode refund) {
        String id = StripeJson.metadata(refund, StripeRefunds.OUR_ID);
        try {
            return id == null ? null : UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Mono<Refund> refused(Payment payment, Refund refund, String code) {
        if (!refund.isOwed()) {
            return move(refund, RefundStatus.REFUSED, code).flatMap(moved -> Mono.error(refusal(code)));
        }
        Mono<Void> learned = code.equals(MORE_THAN_LEFT) ? learnAll(payment) : Mono.empty();
        return learned.then(Mono.defer(() -> owed.refused(payment, refund, code)));
    }

    /** Sees to one that is due: what came of it, and if nothing did, once more. */
    Mono<Void> seeTo(Refund refund) {
        boolean asked = refund.status() != RefundStatus.INITIATED;
        return payments.find(refund.paymentId())
                .flatMap(payment -> (asked ? learnAll(payment) : Mono.<Void>empty())
                        .then(refunds.find(refund.id()))
                        .flatMap(now ->
                                now.status() == RefundStatus.DELAYED ? owed.prepared(payment, now) : Mono.just(now)))
                .flatMap(now -> switch (now.status()) {
                    case INITIATED, UNKNOWN, DELAYED -> ask(now, true).then();
                    case REFUSED, PENDING, REQUIRES_ACTION, CANCELED, SUCCEEDED, FAILED -> Mono.<Void>empty();
                });
    }

    private static Problem refusal(String code) {
        return switch (code) {
            case "charge_disputed" -> Problem.conflict("payment-disputed", "The payment is disputed.");
            case MORE_THAN_LEFT -> Problem.conflict("refund-exceeds-paid", "That is more than is left of the payment.");
            default -> Problem.conflict("refund-refused", "Stripe refused the refund: " + code);
        };
    }

    /** Money that went back cannot be asked for again: what Stripe made of it counts from now on. */
    private static Problem differs() {
        return Problem.of(
                500, "stripe-answer-differs", "Stripe gave back another amount than was asked for; see the refunds.");
    }

    private Mono<Refund> move(Refund refund, RefundStatus next, @Nullable String why) {
        return transactions.run(payables.lock(refund.reference())
                .flatMap(payable -> refunds.find(refund.id()))
                .flatMap(now -> {
                    Refund moved = now.becoming(next, now.stripeId(), why);
                    return now.status().canBecome(next) ? refunds.update(moved).thenReturn(moved) : Mono.just(now);
                }));
    }

    /** Nothing was done: an operator is told to come back, the sweep comes back by itself. */
    private Mono<Refund> away(Refund refund, StripeUnavailable away, boolean background) {
        if (background || refund.status() != RefundStatus.INITIATED) {
            return Mono.just(refund);
        }
        return transactions
                .run(refunds.takeBack(refund.id()).thenReturn(true))
                .then(Mono.error(Problem.unavailable("Stripe cannot be reached.", away.retryAfter())));
    }
}
