package io.tillstream.subscription.catalog;

import io.tillstream.delivery.Transactions;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells Stripe of the plans that it does not know yet: seeded ones, and those whose request ended half way. */
@Component
class PlanSweep implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(PlanSweep.class);

    private static final Duration PAUSE = Duration.ofSeconds(3); // the first subscribers come soon after a start
    private static final int BATCH = 10; // a catalog has few plans; each takes about five calls

    private final PlanSyncRepository rows;
    private final PlanSync sync;
    private final Transactions transactions;
    private final StartupPriceCheck lost;
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    PlanSweep(PlanSyncRepository rows, PlanSync sync, Transactions transactions, StartupPriceCheck lost) {
        this.rows = rows;
        this.sync = sync;
        this.transactions = transactions;
        this.lost = lost;
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.interval(PAUSE)
                .onBackpressureDrop()
                .concatMap(tick -> lost.lookOnce().then(round()), 1)
                .subscribe();
    }

    /** One round over what is due; a fault of one plan does not keep the others. */
    Mono<Void> round() {
        return transactions
                .statement(rows.claimDue(BATCH).collectList())
                .flatMapIterable(due -> due)
                .concatMap(id -> sync.sync(id).onErrorResume(fault -> {
                    log.warn("Plan {} is told to Stripe later: {}", id, fault.toString());
                    return Mono.empty();
                }))
                .onErrorResume(fault -> {
                    log.warn("Plans are not swept: {}", fault.toString());
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
