package io.tillstream.payment.payment;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.PayableStatus;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payables.PayableWithPayments;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.settlement.PaymentCancellations;
import io.tillstream.payment.settlement.PaymentRefetch;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Problem;
import java.time.Duration;
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
    private static final int ROUNDS = 3; // each new attempt that slips in between ends one round

    private final Transactions transactions;
    private final Payables payables;
    private final Payments payments;
    private final PaymentCancellations cancellations;
    private final PaymentRefetch refetched;

    PaymentClosure(
            Transactions transactions,
            Payables payables,
            Payments payments,
            PaymentCancellations cancellations,
            PaymentRefetch refetched) {
        this.transactions = transactions;
        this.payables = payables;
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

    /** Closes the payable for ever: "closed", or "settled", or "processing" while money may still come. */
    Mono<String> close(String reference) {
        return Transactions.shield(close(reference, ROUNDS))
                .onErrorMap(StripeUnavailable.class, PaymentClosure::unavailable)
                .onErrorMap(
                        OutcomeUnknown.class,
                        unknown -> Problem.unavailable("Stripe did not answer.", Duration.ofSeconds(5)));
    }

    private Mono<String> close(String reference, int rounds) {
        return learnWhatIsUnderWay(reference)
                .then(endAll(payments.of(reference)))
                .then(transactions.run(payables.lockOrCreateClosed(reference).flatMap(this::closeIfNothingIsLeft)))
                .flatMap(end ->
                        end.equals("processing") && rounds > 1 ? retryIfAlive(reference, rounds) : Mono.just(end));
    }

    /** Only what can be ended is worth another round; what is under way is not. */
    private Mono<String> retryIfAlive(String reference, int rounds) {
        return payments.of(reference)
                .filter(payment -> payment.status().inProgress())
                .hasElements()
                .flatMap(busy -> busy ? Mono.just("processing") : close(reference, rounds - 1));
    }

    private Mono<String> closeIfNothingIsLeft(Payable payable) {
        if (payable.status() != PayableStatus.OPEN) {
            return Mono.just(payable.status().text());
        }
        return payments.of(payable.reference())
                .filter(payment -> payment.liveAtStripe() || payment.status().inProgress())
                .hasElements()
                .flatMap(left -> left
                        ? Mono.just("processing")
                        : payables.close(payable).thenReturn(PayableStatus.CLOSED.text()))
                .doOnNext(end -> log.info("Payable {} is {}", payable.reference(), end));
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
