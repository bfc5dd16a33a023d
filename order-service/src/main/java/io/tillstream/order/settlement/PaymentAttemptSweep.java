package io.tillstream.order.settlement;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.TransientFault;
import io.tillstream.order.payment.PaymentAttempt;
import io.tillstream.order.payment.PaymentAttempts;
import io.tillstream.order.payment.SweepSettings;
import io.tillstream.web.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tries to pay whose answer was never stored, as a crash fell between asking and storing, or whose outcome payment-service
 * did not know: it is asked what became of them, with growing waits.
 */
@Component
class PaymentAttemptSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(PaymentAttemptSweep.class);
    private static final int BATCH = 20; // so that what became urgent meanwhile waits for few
    private static final int AT_ONCE = 4; // leaves payment-service its other connections to Stripe

    private final PaymentAttempts payments;
    private final PaymentResponseHandler news;

    PaymentAttemptSweep(PaymentAttempts payments, PaymentResponseHandler news, SweepSettings settings) {
        super(settings.paymentsEvery());
        this.payments = payments;
        this.news = news;
    }

    @Override
    protected Mono<Long> makeDue() {
        return payments.makeDue();
    }

    /** Without a rest while something is due. */
    @Override
    protected Mono<Void> round() {
        return payments.claimDue(BATCH)
                .collectList()
                .flatMap(due ->
                        Flux.fromIterable(due).flatMap(this::ask, AT_ONCE).then(Mono.just(due.size())))
                .repeat(this::isRunning)
                .takeUntil(asked -> asked < BATCH)
                .then()
                .onErrorResume(fault -> {
                    LOG.warn("Unanswered payments wait on: {}", fault.toString());
                    return Mono.empty();
                });
    }

    private static boolean isAway(Throwable fault) {
        return fault instanceof Problem no && no.status() == HttpStatus.SERVICE_UNAVAILABLE.value();
    }

    private Mono<Void> ask(PaymentAttempts.Due due) {
        PaymentAttempt attempt = due.attempt();
        return news.ask(attempt.orderId())
                .doOnNext(order -> LOG.info("Attempt {} asked about, order {}", attempt.id(), order.status()))
                .then(Mono.defer(() -> attempt.isEnded() ? payments.asked(due) : Mono.empty()))
                .onErrorResume(fault -> {
                    failed(isAway(fault) ? new TransientFault("payment-service is away", fault) : fault);
                    LOG.warn("Attempt {} waits on: {}", attempt.id(), fault.toString());
                    return Mono.empty();
                });
    }
}
