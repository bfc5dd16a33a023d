package io.tillstream.payment.paymentmethod;

import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The first card that a user saved on a page or with an order becomes the default, at Stripe too. */
@Component
class DefaultCardSweep implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DefaultCardSweep.class);

    private static final Duration PAUSE = Duration.ofSeconds(5); // the user looks at their list soon after

    private final CustomerFacade customers;
    private final PaymentMethodFlow flow;
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    DefaultCardSweep(CustomerFacade customers, PaymentMethodFlow flow) {
        this.customers = customers;
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

    /** One round; a fault of one user does not keep the others. */
    Mono<Void> round() {
        return customers
                .defaultsDue()
                .collectList()
                .flatMapIterable(due -> due)
                .concatMap(this::choose)
                .then()
                .onErrorResume(fault -> {
                    LOG.warn("First cards wait: {}", fault.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> choose(CustomerFacade.FirstCard first) {
        Mono<Void> chosen =
                first.hasOne() ? Mono.empty() : flow.chosen(first.userId(), UUID.randomUUID(), first.cardId());
        return chosen.onErrorResume(Problem.class, refused -> Mono.empty()) // removed meanwhile
                .then(customers.defaultDone(first.userId()))
                .onErrorResume(fault -> {
                    LOG.warn("Card {} becomes the default later: {}", first.cardId(), fault.toString());
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
