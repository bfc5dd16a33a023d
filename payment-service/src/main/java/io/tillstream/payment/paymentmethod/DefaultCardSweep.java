package io.tillstream.payment.paymentmethod;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.payment.customer.CustomerSweepQueue;
import io.tillstream.payment.customer.CustomerSweepQueue.FirstCard;
import io.tillstream.web.Problem;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The first card that a user saved on a page or with an order becomes the default, at Stripe too. */
@Component
class DefaultCardSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(DefaultCardSweep.class);

    private static final int AT_ONCE = 4; // of the ten calls at once that buyers have to share

    private final CustomerSweepQueue queue;
    private final CustomerFacade customers;
    private final PaymentMethodFlow flow;

    DefaultCardSweep(CustomerSweepQueue queue, CustomerFacade customers, PaymentMethodFlow flow, SweepPeriods periods) {
        super(periods.of("default-cards"));
        this.queue = queue;
        this.customers = customers;
        this.flow = flow;
    }

    @Override
    protected Mono<Long> makeDue() {
        return queue.makeDefaultsDue();
    }

    /** Rounds without a rest while something is due; a fault of one user does not keep the others. */
    @Override
    protected Mono<Void> round() {
        return queue.claimDefaults()
                .collectList()
                .flatMap(due -> Flux.fromIterable(due)
                        .flatMapSequential(this::choose, AT_ONCE)
                        .then(Mono.just(due.size())))
                .repeat(this::isRunning)
                .takeUntil(seen -> seen == 0)
                .then()
                .onErrorResume(fault -> {
                    LOG.warn("First cards wait: {}", fault.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> choose(FirstCard first) {
        Mono<Void> chosen =
                first.hasOne() ? Mono.empty() : flow.chosen(first.userId(), UUID.randomUUID(), first.cardId());
        return chosen.onErrorResume(DefaultCardSweep::isRemoved, refused -> Mono.empty())
                .then(customers.defaultDone(first.userId()))
                .onErrorResume(fault -> {
                    failed(fault);
                    LOG.warn("Card {} becomes the default later: {}", first.cardId(), fault.toString());
                    return Mono.empty();
                });
    }

    /** Such a card cannot be the default, now or later; a request that Stripe did not take by our fault proves nothing of it. */
    private static boolean isRemoved(Throwable fault) {
        return fault instanceof Problem no && no.status() < 500;
    }
}
