package io.tillstream.subscription.catalog;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.web.Problem;
import java.time.Duration;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The plans, for those who subscribe to them. */
@Component
public class PlanLookup {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final PlanRepository rows;
    private final PlanSync sync;
    private final PlanSyncRepository synced;
    private final Transactions transactions;

    PlanLookup(PlanRepository rows, PlanSync sync, PlanSyncRepository synced, Transactions transactions) {
        this.rows = rows;
        this.sync = sync;
        this.synced = synced;
        this.transactions = transactions;
    }

    /** The plan, offered or not. */
    public Mono<Plan> find(String id) {
        return rows.find(id);
    }

    /** The plan whose Price at Stripe this is, or was before its price changed. */
    public Mono<Plan> byPrice(String stripePriceId) {
        return rows.byPrice(stripePriceId);
    }

    /** Stripe knows its Price no more: another one takes its place; the former stays known as the plan's. */
    public Mono<Void> anew(String planId) {
        return rows.find(planId)
                .flatMap(plan -> transactions.run(synced.due(plan).thenReturn(true)))
                .then(sync.sync(planId))
                .then();
    }

    /** Where {@code work} meets a {@link PriceMissingAtStripeException}, that is made anew, and the work is done once more. */
    public <T> Mono<T> mending(Mono<T> work) {
        return work.onErrorResume(PriceMissingAtStripeException.class, lost -> anew(lost.planId())
                        .then(work))
                .onErrorMap(PriceMissingAtStripeException.class, again -> Problem.unavailable(
                                "Stripe does not have what this needs; try again.", SOON)
                        .causedBy(again));
    }

    /**
     * The plan's Price at Stripe, made if it isn't there. Asks Stripe, so never inside a transaction; errors as a call
     * to Stripe does.
     */
    public Mono<String> priceOf(Plan plan) {
        return Mono.justOrEmpty(plan.stripePriceId())
                .switchIfEmpty(sync.sync(plan.id()).mapNotNull(Plan::stripePriceId))
                .switchIfEmpty(Mono.error(() -> new OutcomeUnknown("plan " + plan.id() + " has no price yet", null)));
    }
}
