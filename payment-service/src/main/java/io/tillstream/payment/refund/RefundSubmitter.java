package io.tillstream.payment.refund;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payments;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Problem;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Asks Stripe for one committed refund, or for all that it has of a payment, and keeps what it says. */
@Component
public class RefundSubmitter {

    static final String MORE_THAN_LEFT = "charge_already_refunded"; // Stripe's code, where it gives one

    private static final String OURS = "request_refused"; // our request was wrong; what of it, the log says

    private final Transactions transactions;
    private final Payables payables;
    private final Payments payments;
    private final Refunds refunds;
    private final RefundTransition settlement;
    private final OwedRefundRetryPolicy owed;
    private final StripeRefunds stripe;

    RefundSubmitter(
            Transactions transactions,
            Payables payables,
            Payments payments,
            Refunds refunds,
            RefundTransition settlement,
            OwedRefundRetryPolicy owed,
            StripeRefunds stripe) {
        this.transactions = transactions;
        this.payables = payables;
        this.payments = payments;
        this.refunds = refunds;
        this.settlement = settlement;
        this.owed = owed;
        this.stripe = stripe;
    }

    /**
     * Asks for the first time. If Stripe cannot be asked, the refund is taken back and was never there; where its caller was
     * told of it meanwhile, or someone else asks for it too, it stays and the sweep sees to it.
     */
    Mono<Refund> ask(Refund refund, CompensationGuard first) {
        return create(refund, false, first)
                .onErrorResume(
                        StripeUnavailable.class, away -> first.takesBack() ? takeBack(refund, away) : as(refund));
    }

    /** Asks once more, with the same key for the same try. If Stripe cannot be asked, it is asked for later. */
    Mono<Refund> askAgain(Refund refund, boolean background) {
        return create(refund, background, CompensationGuard.alreadyTold())
                .onErrorResume(StripeUnavailable.class, away -> as(refund));
    }

    private Mono<Refund> takeBack(Refund refund, StripeUnavailable away) {
        return transactions
                .run(payables.lock(refund.reference())
                        .then(refunds.takeBack(refund.id()))
                        .delayUntil(gone -> gone ? refunds.wakeWaiting(refund.paymentId()) : Mono.empty()))
                .flatMap(gone -> gone
                        ? Mono.error(Problem.unavailable("Stripe cannot be reached.", away.retryAfter()))
                        : as(refund));
    }

    private Mono<Refund> as(Refund refund) {
        return refunds.find(refund.id()).defaultIfEmpty(refund);
    }

    private Mono<Refund> create(Refund refund, boolean background, CompensationGuard first) {
        return payments.find(refund.paymentId()).flatMap(payment -> stripe.create(payment, refund, background)
                .flatMap(answer -> keep(payment, refund, answer, first))
                .onErrorResume(
                        OutcomeUnknown.class,
                        unknown -> unknown.isReplayed()
                                ? afterKeptFailure(payment, refund, background)
                                : move(refund, RefundStatus.UNKNOWN, null)));
    }

    /**
     * Stripe only repeats a failure that it keeps for the key: that request is over, so its list tells what came of it.
     * What is not there was not made and is asked for under the next key; never a second refund beside a first, nor one that
     * ended meanwhile.
     */
    private Mono<Refund> afterKeptFailure(Payment payment, Refund refund, boolean background) {
        return learnAll(payment)
                .then(refunds.find(refund.id()))
                .flatMap(now ->
                        now.status().isOpen() && now.stripeId() == null && now.stripeAttempt() == refund.stripeAttempt()
                                ? transactions
                                        .run(refunds.nextStripeAttempt(now.id(), now.stripeAttempt()))
                                        .then(refunds.find(now.id()))
                                        .flatMap(next -> askAgain(next, background))
                                : Mono.just(now))
                .onErrorResume(StripeUnavailable.class, away -> move(refund, RefundStatus.UNKNOWN, null));
    }

    private Mono<Refund> keep(Payment payment, Refund refund, StripeResult<JsonNode> answer, CompensationGuard first) {
        if (answer instanceof StripeResult.Different<JsonNode> other) {
            Mono<Refund> kept = learnAnswer(payment, refund, other.made());
            return refund.isOwed() ? kept : kept.then(Mono.error(differs()));
        }
        return answer.fold(
                made -> learnAnswer(payment, refund, made),
                no -> refused(payment, refund, no.code(), no.code(), first),
                no -> refused(payment, refund, code(no), toldAs(no), first));
    }

    private static String code(StripeResult.Refused<?> no) {
        boolean isTooMuch = no.refusal() == RefusalReason.AMOUNT && "amount".equals(no.param());
        return isTooMuch ? MORE_THAN_LEFT : no.code();
    }

    private static String toldAs(StripeResult.Refused<?> no) {
        return no.refusal() == RefusalReason.OURS ? OURS : code(no);
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

    /** A bank has it, and Stripe told of it just now. */
    Mono<Void> answered(Refund refund) {
        return transactions.statement(refunds.answered(refund.id()));
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

    /**
     * Who asked for it hears the no, unless they, or who sent the same request meanwhile, were told that it is under way: then it
     * is promised, as what is owed is.
     *
     * @param toldAs what is kept for who asks again with the same key
     */
    private Mono<Refund> refused(Payment payment, Refund refund, String code, String toldAs, CompensationGuard first) {
        if (!refund.isOwed() && first.takesBack()) {
            return transactions
                    .run(payables.lock(refund.reference())
                            .then(refunds.isShared(refund.id()))
                            .flatMap(shared -> shared
                                    ? Mono.just(true)
                                    : to(refund, RefundStatus.REFUSED, toldAs).thenReturn(false)))
                    .flatMap(shared -> shared ? promiseRefused(payment, refund, code) : Mono.error(refusal(toldAs)));
        }
        return promiseRefused(payment, refund, code);
    }

    /** What went back before it was first refused is of something else, also where its event is late. */
    private Mono<Refund> promiseRefused(Payment payment, Refund refund, String code) {
        boolean looks = code.equals(MORE_THAN_LEFT) || (!refund.isOwed() && refund.refusals() == 0);
        return (looks ? learnAll(payment) : Mono.<Void>empty())
                .then(Mono.defer(() -> owed.refused(payment, refund, code)));
    }

    static Problem refusal(String code) {
        return switch (code) {
            case "charge_disputed" -> Problem.conflict("payment-disputed", "The payment is disputed.");
            case MORE_THAN_LEFT -> Problem.conflict("refund-exceeds-paid", "That is more than is left of the payment.");
            case OURS -> StripeProblems.refusedRequest();
            default -> Problem.conflict("refund-refused", "Stripe refused the refund: " + code);
        };
    }

    /** Money that went back cannot be asked for again: what Stripe made of it counts from now on. */
    static Problem differs() {
        return Problem.of(
                500, "stripe-answer-differs", "Stripe gave back another amount than was asked for; see the refunds.");
    }

    private Mono<Refund> move(Refund refund, RefundStatus next, @Nullable String why) {
        return transactions.run(payables.lock(refund.reference()).flatMap(payable -> to(refund, next, why)));
    }

    /** Under the lock of its payable. */
    private Mono<Refund> to(Refund refund, RefundStatus next, @Nullable String why) {
        return refunds.find(refund.id()).flatMap(now -> {
            Refund moved = now.becoming(next, now.stripeId(), why);
            return now.status().canBecome(next)
                    ? refunds.update(moved)
                            .then(refunds.wakeWaiting(now.paymentId()))
                            .thenReturn(moved)
                    : Mono.just(now);
        });
    }
}
