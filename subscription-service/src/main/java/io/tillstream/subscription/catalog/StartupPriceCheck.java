package io.tillstream.subscription.catalog;

import io.tillstream.delivery.Transactions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Looks once, at the start, whether Stripe still has the Prices that we made there: after its account was emptied the whole
 * catalog is told to it anew, before the first subscriber meets a Price that is gone.
 */
@Component
class StartupPriceCheck {

    private static final Logger log = LoggerFactory.getLogger(StartupPriceCheck.class);

    private final PlanRepository rows;
    private final PlanSyncRepository synced;
    private final StripePrices prices;
    private final Transactions transactions;
    private final AtomicBoolean looked = new AtomicBoolean();

    StartupPriceCheck(PlanRepository rows, PlanSyncRepository synced, StripePrices prices, Transactions transactions) {
        this.rows = rows;
        this.synced = synced;
        this.prices = prices;
        this.transactions = transactions;
    }

    /** Again only if Stripe or the database did not answer. */
    Mono<Void> lookOnce() {
        return looked.get()
                ? Mono.empty()
                : look().doOnSuccess(all -> looked.set(true)).onErrorResume(fault -> {
                    log.warn("Plans are looked for at Stripe later: {}", fault.toString());
                    return Mono.empty();
                });
    }

    Mono<Void> look() {
        return rows.withPrice()
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(this::look)
                .then();
    }

    private Mono<Void> look(Plan plan) {
        return Mono.justOrEmpty(plan.stripePriceId())
                .flatMap(prices::ask)
                .map(prices::read)
                .filter(PriceState::deleted)
                .flatMap(price -> {
                    log.warn("Plan {} is told to Stripe anew: its price {} is gone there", plan.id(), price.id());
                    return transactions.run(synced.due(plan).thenReturn(true));
                })
                .then();
    }
}
