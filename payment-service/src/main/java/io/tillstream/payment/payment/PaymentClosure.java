package io.tillstream.payment.payment;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.PayableStatus;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payables.PayableWithPayments;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.settlement.PayableClosure;
import io.tillstream.payment.settlement.PaymentCancellations;
import io.tillstream.payment.settlement.PaymentRefetch;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Ends ways to pay: always at Stripe first, so that no money can come by a way that we call closed. */
@Component
class PaymentClosure {

    private static final Logger log = LoggerFactory.getLogger(PaymentClosure.class);

    private static final String CAUSE = "api:close";
    private static final String PROCESSING = "processing";
    private static final int ROUNDS = 3; // each new attempt that slips in between ends one round
    private static final int FORGOTTEN = 20; // a transaction each, and there are some in a roll-out at most

    private final Transactions transactions;
    private final Payables payables;
    private final PayableClosure end;
    private final OfflinePaymentCheck transfers;
    private final Payments payments;
    private final PaymentCancellations cancellations;
    private final PaymentRefetch refetched;

    PaymentClosure(
            Transactions transactions,
            Payables payables,
            PayableClosure end,
            OfflinePaymentCheck transfers,
            Payments payments,
            PaymentCancellations cancellations,
            PaymentRefetch refetched) {
        this.transactions = transactions;
        this.payables = payables;
        this.end = end;
        this.transfers = transfers;
        this.payments = payments;
        this.cancellations = cancellations;
        this.refetched = refetched;
    }

    /** Before a new attempt: nothing older may still take money. */
    Mono<Void> endOlder(PaymentCommand order, PayableWithPayments standing) {
        if (standing.payments().stream().noneMatch(Payment::liveAtStripe)) {
            return Mono.empty();
        }
        var others =
                payments.of(order.reference()).filter(payment -> !payment.id().equals(order.id()));
        return endAll(others)
                .then(others.filter(Payment::liveAtStripe).hasElements())
                .flatMap(alive -> alive ? Mono.error(PaymentAdmission.inProgress()) : Mono.empty());
    }

    /** Closes the payable for ever: "closed", or "settled", or "processing" while money may still come, or has time to. */
    Mono<String> close(String reference, CloseReason why) {
        return Transactions.shield(close(reference, why, ROUNDS))
                .onErrorMap(StripeUnavailable.class, PaymentClosure::unavailable)
                .onErrorMap(
                        OutcomeUnknown.class,
                        unknown -> Problem.unavailable("Stripe did not answer.", Duration.ofSeconds(5)));
    }

    private Mono<String> close(String reference, CloseReason why, int rounds) {
        Mono<Boolean> stays = why == CloseReason.EXPIRED ? transfers.isAny(payments.of(reference)) : Mono.just(false);
        return learnWhatIsUnderWay(reference)
                .then(stays)
                .flatMap(hasTime -> hasTime ? Mono.just(PROCESSING) : closeNow(reference, why, rounds));
    }

    private Mono<String> closeNow(String reference, CloseReason why, int rounds) {
        return endAll(payments.of(reference))
                .then(transactions.run(
                        payables.lockOrCreateClosed(reference).flatMap(payable -> closeIfNothingIsLeft(payable, why))))
                .flatMap(now ->
                        now.equals(PROCESSING) && rounds > 1 ? retryIfAlive(reference, why, rounds) : Mono.just(now));
    }

    /** Only what can be ended is worth another round; what is under way is not. */
    private Mono<String> retryIfAlive(String reference, CloseReason why, int rounds) {
        return payments.of(reference)
                .filter(payment -> payment.status().inProgress())
                .hasElements()
                .flatMap(busy -> busy ? Mono.just(PROCESSING) : close(reference, why, rounds - 1));
    }

    private Mono<String> closeIfNothingIsLeft(Payable payable, CloseReason why) {
        if (payable.status() != PayableStatus.OPEN) {
            return Mono.just(payable.status().text());
        }
        boolean keepsMoney = why != CloseReason.CUSTOMER_DELETED;
        return payments.of(payable.reference())
                .collectList()
                .flatMap(all -> isLeft(payable, all, keepsMoney)
                        ? Mono.just(PROCESSING)
                        : end.of(payable, all, keepsMoney).map(PayableStatus::text))
                .doOnNext(now -> log.info("Payable {} is {}", payable.reference(), now));
    }

    /** A wrong amount waits for a person, unless it goes back with the close, or the right money has come beside it. */
    private static boolean isLeft(Payable payable, List<Payment> all, boolean keepsMoney) {
        boolean isDecided =
                payable.holdsWhatComes() && (!keepsMoney || all.stream().anyMatch(PaymentClosure::isRight));
        return all.stream()
                .filter(payment -> !(isDecided && payment.holdsMoney()))
                .anyMatch(payment -> payment.liveAtStripe() || payment.status().inProgress());
    }

    private static boolean isRight(Payment payment) {
        return payment.status() == PaymentStatus.SUCCEEDED && payment.surplus() == null;
    }

    /** What instances of a release before closed over money that waited is given back, some of it; see {@link PayableClosure}. */
    Mono<Void> giveBackForgotten() {
        return payables.closedWithMoney(FORGOTTEN)
                .collectList()
                .flatMapIterable(references -> references)
                .concatMapDelayError(reference -> transactions.run(payables.lock(reference)
                        .flatMap(payable ->
                                payments.of(reference).collectList().flatMap(all -> end.giveBackHeld(payable, all)))))
                .then();
    }

    private Mono<Void> learnWhatIsUnderWay(String reference) {
        return payments.of(reference)
                .filter(payment -> payment.status().inProgress())
                .concatMap(payment -> refetched.refresh(payment, CAUSE))
                .then();
    }

    private Mono<Void> endAll(Flux<Payment> these) {
        return these.filter(Payment::liveAtStripe)
                .filter(payment -> !payment.status().inProgress())
                .concatMap(this::end)
                .then();
    }

    /** Stripe refuses if it was quicker: then its truth counts. */
    private Mono<Payment> end(Payment payment) {
        return cancellations
                .end(payment)
                .flatMap(answer -> answer.fold(
                        object -> refetched.learn(payment, object, CAUSE),
                        no -> refetched.refresh(payment, CAUSE).map(PaymentRefetch.Read::payment),
                        no -> refetched.refresh(payment, CAUSE).map(PaymentRefetch.Read::payment)));
    }

    private static Problem unavailable(StripeUnavailable away) {
        return Problem.unavailable("Stripe cannot be reached.", away.retryAfter());
    }
}
