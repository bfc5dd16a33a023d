package io.tillstream.payment.refund;

import io.tillstream.payment.payable.Payments;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sees to refunds that were ordered and not made, whose outcome is unknown, or that are under way for long. */
@Component
class RefundSweep implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(RefundSweep.class);

    private static final Duration PAUSE = Duration.ofSeconds(2); // money that must not stay goes back soon

    private final Refunds refunds;
    private final Payments payments;
    private final RefundFlow flow;
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    RefundSweep(Refunds refunds, Payments payments, RefundFlow flow) {
        this.refunds = refunds;
        this.payments = payments;
        this.flow = flow;
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.interval(PAUSE)
                .onBackpressureDrop()
                .concatMap(tick -> round(), 1)
                .subscribe();
    }

    /** One round over what is due; a fault of one refund does not keep the others. */
    Mono<Void> round() {
        return refunds.claimOverdue()
                .collectList()
                .flatMapIterable(due -> due)
                .concatMap(this::seeTo)
                .onErrorResume(e -> {
                    log.warn("Refunds are not swept: {}", e.toString());
                    return Mono.empty();
                })
                .then();
    }

    private Mono<Void> seeTo(Refund refund) {
        boolean asked = refund.status() != RefundStatus.INITIATED;
        Mono<Void> learned = asked ? payments.find(refund.paymentId()).flatMap(flow::learnAll) : Mono.empty();
        return learned.then(refunds.find(refund.id()))
                .flatMap(now -> switch (now.status()) {
                    case INITIATED, UNKNOWN -> flow.ask(now, true).then();
                    default -> Mono.<Void>empty();
                })
                .onErrorResume(e -> {
                    log.warn("Refund {} is asked for later: {}", refund.id(), e.toString());
                    return Mono.empty();
                });
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
