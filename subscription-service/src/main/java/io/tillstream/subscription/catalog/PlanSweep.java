package io.tillstream.subscription.catalog;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.delivery.Transactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Tells Stripe of the plans that it does not know yet: seeded ones, and those whose request ended half way. */
@Component
class PlanSweep extends Sweep {

    private static final Logger log = LoggerFactory.getLogger(PlanSweep.class);

    private static final int BATCH = 10; // a catalog has few plans; each takes about five calls

    private final PlanSyncRepository rows;
    private final PlanSync sync;
    private final Transactions transactions;
    private final StartupPriceCheck lost;

    PlanSweep(
            PlanSyncRepository rows,
            PlanSync sync,
            Transactions transactions,
            StartupPriceCheck lost,
            SweepPeriods periods) {
        super(periods.of("plans"));
        this.rows = rows;
        this.sync = sync;
        this.transactions = transactions;
        this.lost = lost;
    }

    @Override
    protected Mono<Long> makeDue() {
        return rows.makeDue();
    }

    @Override
    protected Mono<Void> round() {
        return lost.lookOnce().then(tellDue());
    }

    /** One round over what is due; a fault of one plan does not keep the others. */
    Mono<Void> tellDue() {
        return transactions
                .statement(rows.claimDue(BATCH).collectList())
                .flatMapIterable(due -> due)
                .concatMap(id -> sync.sync(id).onErrorResume(fault -> {
                    failed(fault);
                    log.warn("Plan {} is told to Stripe later: {}", id, fault.toString());
                    return Mono.empty();
                }))
                .onErrorResume(fault -> {
                    log.warn("Plans are not swept: {}", fault.toString());
                    return Mono.empty();
                })
                .then();
    }
}
