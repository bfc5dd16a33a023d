package io.tillstream.payment.customer;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Goes on with deletions that Stripe has not confirmed. */
@Component
class CustomerDeletionSweep extends Sweep {

    private static final Logger log = LoggerFactory.getLogger(CustomerDeletionSweep.class);

    private static final int AT_ONCE = 4; // of the ten calls at once that buyers have to share

    private final CustomerSweepQueue queue;
    private final CustomerDeletion deletion;

    CustomerDeletionSweep(CustomerSweepQueue queue, CustomerDeletion deletion, SweepPeriods periods) {
        super(periods.of("customer-deletions"));
        this.queue = queue;
        this.deletion = deletion;
    }

    @Override
    protected Mono<Long> makeDue() {
        return queue.makeDeletionsDue();
    }

    /** Rounds without a rest while something is due; a fault of one customer does not keep the others. */
    @Override
    protected Mono<Void> round() {
        return queue.claimDeletions()
                .collectList()
                .flatMap(due -> Flux.fromIterable(due)
                        .flatMapSequential(this::delete, AT_ONCE)
                        .then(Mono.just(due.size())))
                .repeat(this::isRunning)
                .takeUntil(seen -> seen == 0)
                .then()
                .onErrorResume(fault -> {
                    log.warn("Deletions wait: {}", fault.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> delete(Customer customer) {
        return deletion.deleted(customer).onErrorResume(fault -> {
            failed(fault);
            log.warn("Customer {} is deleted later: {}", customer.stripeId(), fault.toString());
            return Mono.empty();
        });
    }
}
