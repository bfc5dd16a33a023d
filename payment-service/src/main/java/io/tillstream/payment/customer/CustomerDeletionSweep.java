package io.tillstream.payment.customer;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Goes on with deletions that Stripe has not confirmed. */
@Component
class CustomerDeletionSweep extends Sweep {

    private static final Logger log = LoggerFactory.getLogger(CustomerDeletionSweep.class);

    private final CustomerRepository rows;
    private final CustomerDeletion deletion;

    CustomerDeletionSweep(CustomerRepository rows, CustomerDeletion deletion, SweepPeriods periods) {
        super(periods.of("customer-deletions"));
        this.rows = rows;
        this.deletion = deletion;
    }

    /** One round; a fault of one customer does not keep the others. */
    @Override
    protected Mono<Void> round() {
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
}
