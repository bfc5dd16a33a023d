package io.tillstream.payment.customer;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Goes on with deletions that Stripe has not confirmed. */
@Component
class CustomerDeletionSweep implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(CustomerDeletionSweep.class);

    private static final Duration PAUSE = Duration.ofSeconds(30); // nobody waits, and few leave

    private final CustomerRepository rows;
    private final CustomerDeletion deletion;
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    CustomerDeletionSweep(CustomerRepository rows, CustomerDeletion deletion) {
        this.rows = rows;
        this.deletion = deletion;
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.interval(PAUSE)
                .onBackpressureDrop()
                .concatMap(tick -> round(), 1)
                .subscribe();
    }

    /** One round; a fault of one customer does not keep the others. */
    Mono<Void> round() {
        return rows.claimLeaving()
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(customer -> deletion.deleted(customer).onErrorResume(fault -> {
                    log.warn("Customer {} is deleted later: {}", customer.stripeId(), fault.toString());
                    return Mono.empty();
                }))
                .onErrorResume(fault -> {
                    log.warn("Deletions wait: {}", fault.toString());
                    return Mono.empty();
                })
                .then();
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
