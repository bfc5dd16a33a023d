package io.tillstream.payment.payment;

import io.tillstream.delivery.Sweep;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentGauges;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.PaymentSweepQueue;
import io.tillstream.payment.settlement.CustomerMissingAtStripeException;
import io.tillstream.payment.settlement.PaymentRefetch;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Finds out what became of attempts without news: begun and never asked for, unknown, or under way for long. */
@Component
class PaymentSweep extends Sweep {

    private static final Logger log = LoggerFactory.getLogger(PaymentSweep.class);

    private static final String CAUSE = "stripe:sweep";
    private static final int AT_ONCE = 4; // of the ten reads at once that buyers have to share

    /** By then Stripe has long ended every request of ours; what it does not list now was not made. */
    private static final Duration PROVABLE = Duration.ofMinutes(30);

    private final PaymentSweepQueue overdue;
    private final SweepBudget budget;
    private final PaymentRefetch refetched;
    private final PaymentSubmitter asking;
    private final PaymentClosure closing;
    private final PaymentGauges gauges;
    private final Clock clock;

    PaymentSweep(
            PaymentSweepQueue overdue,
            SweepBudget budget,
            PaymentRefetch refetched,
            PaymentSubmitter asking,
            PaymentClosure closing,
            PaymentGauges gauges,
            Clock clock) {
        super(overdue.pause());
        this.overdue = overdue;
        this.budget = budget;
        this.refetched = refetched;
        this.asking = asking;
        this.closing = closing;
        this.gauges = gauges;
        this.clock = clock;
    }

    @Override
    protected Mono<Long> makeDue() {
        return overdue.makeDue();
    }

    @Override
    protected Mono<Void> round() {
        return moneyUnderClosedPayables().then(whatIsDue());
    }

    private Mono<Void> moneyUnderClosedPayables() {
        return closing.giveBackForgotten().onErrorResume(e -> {
            log.warn("Money under closed payables is not given back: {}", e.toString());
            return Mono.empty();
        });
    }

    /**
     * Rounds without a rest while something is due; a fault with one payment does not keep the others. What is shown does not
     * wait for the last of them.
     */
    private Mono<Void> whatIsDue() {
        return Mono.defer(() -> gauges.measure()
                        .onErrorComplete()
                        .then(overdue.claim(budget.take()).collectList()))
                .doOnNext(due -> budget.used(
                        (int) due.stream().filter(PaymentSweepQueue::isIdle).count()))
                .flatMap(due -> Flux.fromIterable(due)
                        .flatMapSequential(payment -> findOut(payment).onErrorResume(e -> later(payment, e)), AT_ONCE)
                        .then(Mono.just(due.size())))
                .repeat(this::isRunning)
                .takeUntil(seen -> seen == 0)
                .then(gauges.measure())
                .onErrorResume(e -> {
                    log.warn("Payments are not swept: {}", e.toString());
                    return Mono.empty();
                });
    }

    private Mono<Payment> later(Payment payment, Throwable e) {
        failed(e);
        log.warn("Payment {} is asked for later: {}", payment.id(), e.toString());
        return Mono.empty();
    }

    Mono<Payment> findOut(Payment payment) {
        if (payment.intentId() != null || payment.sessionId() != null) {
            return refetched.refresh(payment, CAUSE).map(PaymentRefetch.Read::payment);
        }
        return lookUp(payment)
                .onErrorResume(CustomerMissingAtStripeException.class, gone -> Mono.empty())
                .switchIfEmpty(Mono.defer(() -> asking.askInBackground(payment)
                        .map(PaymentResult::payment)
                        .flatMap(this::failedIfProven)));
    }

    private Mono<Payment> lookUp(Payment payment) {
        return refetched.lookUp(payment, CAUSE).map(PaymentRefetch.Read::payment);
    }

    /**
     * Asked again it is unknown again: Stripe repeats an error that it kept for the key. Its list is the proof; where it lists
     * nothing, as it does not know the customer any more, a person has to look.
     */
    private Mono<Payment> failedIfProven(Payment payment) {
        boolean longAgo = payment.createdAt().plus(PROVABLE).isBefore(clock.instant());
        if (payment.status() != PaymentStatus.UNKNOWN || !longAgo) {
            return Mono.just(payment);
        }
        return lookUp(payment)
                .switchIfEmpty(Mono.defer(() -> asking.notTaken(payment)))
                .onErrorResume(CustomerMissingAtStripeException.class, gone -> Mono.just(payment));
    }
}
