package io.tillstream.subscription.catalog;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.subscription.sql.ObjectVersionRepository;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * A plan's lookup key has moved to another Price: whoever moved it at Stripe changed the plan's price. Only what Stripe
 * says now counts, as the key may have moved on.
 */
@Component
class LookupKeyTransferHandler {

    private final PlanRepository rows;
    private final PlanWriter writes;
    private final PlanSyncRepository synced;
    private final ObjectVersionRepository objects;

    LookupKeyTransferHandler(
            PlanRepository rows, PlanWriter writes, PlanSyncRepository synced, ObjectVersionRepository objects) {
        this.rows = rows;
        this.writes = writes;
        this.synced = synced;
        this.objects = objects;
    }

    /** Inside the transaction that has locked the plan. */
    Mono<EventOutcome> follow(Plan plan, PriceState price, boolean isTruth, long created) {
        return rows.pricesOf(plan.id()).any(price.id()::equals).flatMap(known -> {
            if (plan.id().equals(price.ownPlan()) && !known) {
                // Made by a call of ours that took effect after another had done its work.
                return synced.due(plan).thenReturn(new EventOutcome.Applied());
            }
            return isTruth ? take(plan, price, created) : Mono.just(new EventOutcome.NeedsRefetch());
        });
    }

    private Mono<EventOutcome> take(Plan plan, PriceState price, long created) {
        PriceState.Recurring recurring = price.recurring();
        String productId = price.productId();
        ProductState product = price.product();
        if (!price.canBePlan() || recurring == null || productId == null) {
            return Mono.just(new EventOutcome.Ignored("not a price per unit and interval"));
        }
        int version = plan.sync().version() + 1;
        Mono<Void> words = product == null || productId.equals(plan.stripeProductId())
                ? Mono.empty()
                : synced.productSays(product);
        return synced.priceTaken(plan, productId, price, recurring)
                .then(writes.rememberPrice(price.id(), plan.id(), version, PlanWriter.PriceTerms.of(price)))
                .then(words)
                .then(objects.keep(price.id(), created, price.fingerprint()))
                .thenReturn(new EventOutcome.Applied());
    }
}
