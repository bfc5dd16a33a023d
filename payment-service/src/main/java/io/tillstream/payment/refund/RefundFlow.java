package io.tillstream.payment.refund;

import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.payment.dispute.Disputes;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.stripe.Answer;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.RefundFact;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Problem;
import java.time.Clock;
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
    private static final double FIRST_ASK = 60; // longer than a call can take

    private final Transactions transactions;
    private final Payables payables;
    private final Payments payments;
    private final Refunds refunds;
    private final Disputes disputes;
    private final RefundSettlement settlement;
    private final StripeRefunds stripe;
    private final Clock clock;

    RefundFlow(
            Transactions transactions,
            Payables payables,
            Payments payments,
            Refunds refunds,
            Disputes disputes,
            RefundSettlement settlement,
            StripeRefunds stripe,
            Clock clock) {
        this.transactions = transactions;
        this.payables = payables;
        this.payments = payments;
        this.refunds = refunds;
        this.disputes = disputes;
        this.settlement = settlement;
        this.stripe = stripe;
        this.clock = clock;
    }

    /** What an operator wants; without an amount all that is left. */
    public record Wish(
            UUID id,
            String reference,
            @Nullable Long amount,
            @Nullable String reason,
            @Nullable String note) {

        /** Whether it asks for just this refund; without an amount it asks for what was left at that time. */
        boolean asks(Refund refund) {
            return reference.equals(refund.reference())
                    && (amount == null || amount == refund.money().amount())
                    && Objects.equals(reason, refund.reason())
                    && Objects.equals(note, refund.note());
        }
    }

    public Mono<Refund> refund(Wish wish) {
        return refunds.find(wish.id())
                .flatMap(refund -> wish.asks(refund)
                        ? Mono.just(refund)
                        : Mono.error(
                                Problem.of(422, "idempotency-key-reused", "This key was used for another refund.")))
                .switchIfEmpty(Mono.defer(() -> transactions.run(reserve(wish))))
                .flatMap(this::askAndWait);
    }

    private Mono<Refund> reserve(Wish wish) {
        return payables.lock(wish.reference())
                .switchIfEmpty(Mono.error(RefundFlow::notPaid))
                .flatMap(this::settlingPayment)
                .flatMap(payment -> refusedWhileDisputed(payment).then(reserve(wish, payment)));
    }

    private Mono<Payment> settlingPayment(Payable payable) {
        UUID paidBy = payable.settledBy();
        return (paidBy == null ? Mono.<Payment>empty() : payments.find(paidBy))
                .filter(payment -> payment.status() == PaymentStatus.SUCCEEDED)
                .switchIfEmpty(Mono.error(RefundFlow::notPaid));
    }

    private Mono<Void> refusedWhileDisputed(Payment payment) {
        return disputes.of(payment.reference())
                .filter(dispute -> !dispute.isClosed() && !dispute.isInquiry())
                .hasElements()
                .flatMap(disputed -> disputed
                        ? Mono.error(Problem.conflict("payment-disputed", "The payment is disputed."))
                        : Mono.empty());
    }

    private Mono<Refund> reserve(Wish wish, Payment payment) {
        return left(payment).flatMap(left -> {
            long amount = wish.amount() == null ? left : wish.amount();
            if (amount <= 0 || amount > left) {
                return Mono.error(Problem.conflict("refund-exceeds-paid", "That is more than is left of the payment."));
            }
            Refund refund = new Refund(
                    wish.id(),
                    payment.id(),
                    payment.reference(),
                    new Money(amount, payment.money().currency()),
                    Refund.Purpose.REQUESTED,
                    wish.reason(),
                    wish.note(),
                    RefundStatus.INITIATED,
                    null,
                    null,
                    clock.instant());
            return refunds.insert(refund, FIRST_ASK).thenReturn(refund);
        });
    }

    /** What of the payment is neither given back, nor about to be, nor lost to a dispute. */
    private Mono<Long> left(Payment payment) {
        Mono<Long> back = refunds.ofPayment(payment.id())
                .filter(refund -> refund.status().givesBack())
                .reduce(0L, (sum, refund) -> sum + refund.money().amount());
        Mono<Long> lost = disputes.of(payment.reference())
                .filter(dispute -> dispute.status().equals("lost"))
                .reduce(0L, (sum, dispute) -> sum + dispute.amount());
        return Mono.zip(back, lost, (given, gone) -> payment.received() - given - gone);
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

    /** Asks Stripe and keeps its answer. Asking again is harmless: the key is the refund's id. */
    Mono<Refund> ask(Refund refund, boolean background) {
        return payments.find(refund.paymentId())
                .flatMap(payment ->
                        stripe.create(payment, refund, background).flatMap(answer -> keep(payment, refund, answer)))
                .onErrorResume(OutcomeUnknown.class, unknown -> move(refund, RefundStatus.UNKNOWN, null))
                .onErrorResume(StripeUnavailable.class, away -> away(refund, away, background));
    }

    private Mono<Refund> keep(Payment payment, Refund refund, Answer<JsonNode> answer) {
        return answer.fold(
                made -> learn(payment, made, refund.id()),
                no -> refused(refund, no.code()),
                no -> refused(refund, "amount".equals(no.param()) ? MORE_THAN_LEFT : no.code()));
    }

    /** Takes in Stripe's refund object in a transaction of its own. */
    Mono<Refund> learn(Payment payment, JsonNode refund, @Nullable UUID ourId) {
        RefundFact fact = RefundFact.read(refund);
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

    private Mono<Refund> refused(Refund refund, String code) {
        boolean someoneWaits = refund.purpose() == Refund.Purpose.REQUESTED;
        return move(refund, RefundStatus.REFUSED, code)
                .flatMap(moved -> someoneWaits ? Mono.error(refusal(code)) : Mono.just(moved));
    }

    private static Problem refusal(String code) {
        return switch (code) {
            case "charge_disputed" -> Problem.conflict("payment-disputed", "The payment is disputed.");
            case MORE_THAN_LEFT -> Problem.conflict("refund-exceeds-paid", "That is more than is left of the payment.");
            default -> Problem.conflict("refund-refused", "Stripe refused the refund: " + code);
        };
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

    private static Problem notPaid() {
        return Problem.conflict("not-paid", "There is no payment to refund.");
    }
}
