package io.tillstream.order.settlement;

import io.tillstream.order.payment.OrderPayment;
import io.tillstream.order.payment.OrderPayments;
import io.tillstream.order.payment.SweepSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tries to pay whose answer was never stored, as a crash fell between asking and storing, or whose outcome payment-service
 * did not know: it is asked what became of them, with growing waits.
 */
@Component
class UnansweredPayments implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(UnansweredPayments.class);
    private static final int BATCH = 20; // one after the other, so a round stays short and payment-service unhurried

    private final OrderPayments payments;
    private final PaymentNews news;
    private final SweepSettings settings;
    private volatile Disposable loop = () -> {};
    private volatile boolean running;

    UnansweredPayments(OrderPayments payments, PaymentNews news, SweepSettings settings) {
        this.payments = payments;
        this.news = news;
        this.settings = settings;
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.interval(settings.paymentsEvery())
                .onBackpressureDrop()
                .concatMap(tick -> round(), 1)
                .subscribe();
    }

    @Override
    public void stop() {
        running = false;
        loop.dispose();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    Mono<Void> round() {
        return payments.claimDue(BATCH)
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .concatMap(this::ask)
                .then()
                .onErrorResume(fault -> {
                    LOG.warn("Unanswered payments wait on: {}", fault.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> ask(OrderPayment attempt) {
        return news.ask(attempt.orderId())
                .doOnNext(order -> LOG.info("Attempt {} asked about, order {}", attempt.id(), order.status()))
                .then()
                .onErrorResume(fault -> {
                    LOG.warn("Attempt {} waits on: {}", attempt.id(), fault.toString());
                    return Mono.empty();
                });
    }
}
