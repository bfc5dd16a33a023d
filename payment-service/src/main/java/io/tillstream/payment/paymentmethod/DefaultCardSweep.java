package io.tillstream.payment.paymentmethod;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.web.Problem;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The first card that a user saved on a page or with an order becomes the default, at Stripe too. */
@Component
class DefaultCardSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(DefaultCardSweep.class);

    private final CustomerFacade customers;
    private final PaymentMethodFlow flow;

    DefaultCardSweep(CustomerFacade customers, PaymentMethodFlow flow, SweepPeriods periods) {
        super(periods.of("default-cards"));
        this.customers = customers;
        this.flow = flow;
    }

    /** One round; a fault of one user does not keep the others. */
    @Override
    protected Mono<Void> round() {
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
}
