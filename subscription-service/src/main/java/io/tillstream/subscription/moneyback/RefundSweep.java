package io.tillstream.subscription.moneyback;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Makes the refunds of invoices that are owed, and goes on with those without an answer; takes back credit that is owed to us. */
@Component
class RefundSweep implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(RefundSweep.class);
    private static final Duration EVERY = Duration.ofSeconds(10); // a sixth of the first rest

    private final InvoiceRefunds refunds;
    private final RefundFlow flow;
    private final CreditRecoveryFlow credit;
    private final AtomicLong owed = new AtomicLong();
    private final AtomicLong needPerson = new AtomicLong();
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    RefundSweep(InvoiceRefunds refunds, RefundFlow flow, CreditRecoveryFlow credit, MeterRegistry meters) {
        this.refunds = refunds;
        this.flow = flow;
        this.credit = credit;
        meters.gauge("tillstream.invoices.refunds.owed", owed);
        meters.gauge("tillstream.invoices.refunds.attention", needPerson);
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.interval(EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> round(), 1)
                .subscribe();
    }

    /** One round; a fault with one does not keep the others. */
    Mono<Void> round() {
        return refunds.claimDue()
                .collectList()
                .flatMapIterable(due -> due)
                .concatMap(refund -> flow.ask(refund).onErrorResume(e -> {
                    LOG.warn("Refund {} is asked for later: {}", refund.id(), e.toString());
                    return Mono.empty();
                }))
                .then(credit.round())
                .then(refunds.owed().doOnNext(this::show))
                .then()
                .onErrorResume(e -> {
                    LOG.warn("Refunds of invoices are not swept: {}", e.toString());
                    return Mono.empty();
                });
    }

    private void show(InvoiceRefunds.Owed now) {
        owed.set(now.all());
        needPerson.set(now.needPerson());
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
}
