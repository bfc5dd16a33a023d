package io.tillstream.subscription.catalog;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** A plan is made of a product and a price that are at Stripe already; they stay their owner's, who changes them there. */
@Component
class PlanImport {

    private final Transactions transactions;
    private final PlanRepository rows;
    private final PlanWriter writes;
    private final PlanSyncRepository synced;
    private final StripeProducts products;
    private final StripePrices prices;

    PlanImport(
            Transactions transactions,
            PlanRepository rows,
            PlanWriter writes,
            PlanSyncRepository synced,
            StripeProducts products,
            StripePrices prices) {
        this.transactions = transactions;
        this.rows = rows;
        this.writes = writes;
        this.synced = synced;
        this.products = products;
        this.prices = prices;
    }

    private record StripeMatch(PriceState price, PriceState.Recurring recurring, ProductState product) {
        PlanDefinition terms() {
            return new PlanDefinition(
                    product.name() == null ? product.id() : product.name(),
                    product.description(),
                    price.currency(),
                    price.amounts(),
                    recurring.interval(),
                    recurring.count(),
                    recurring.trialDays(),
                    false,
                    1,
                    List.of(),
                    price.active() && product.active());
        }
    }

    /** The same price asked for again in the same words is the same plan. */
    Mono<Plan> add(PlanInput input, String stripePriceId) {
        return find(stripePriceId)
                .onErrorMap(
                        StripeUnavailable.class,
                        away -> Problem.unavailable("Stripe cannot be asked now.", away.retryAfter()))
                .flatMap(found ->
                        transactions.run(rows.lockStripeProduct(found.product().id())
                                .next()
                                .map(Plan::product)
                                .defaultIfEmpty(input.productOr(found.terms()))
                                .flatMap(product -> keep(input, product, found))));
    }

    private Mono<StripeMatch> find(String stripePriceId) {
        return prices.ask(stripePriceId).map(prices::read).flatMap(price -> {
            PriceState.Recurring recurring = price.recurring();
            String productId = price.productId();
            if (price.deleted()) {
                return Mono.error(Problem.invalid("stripePriceId", "is not at Stripe"));
            }
            if (!price.canBePlan() || recurring == null || productId == null) {
                return Mono.error(Problem.invalid("stripePriceId", "is not a price per unit and interval"));
            }
            return Mono.justOrEmpty(price.product())
                    .switchIfEmpty(products.read(productId).map(ProductState::read))
                    .map(product -> new StripeMatch(price, recurring, product));
        });
    }

    private Mono<Plan> keep(PlanInput input, String product, StripeMatch found) {
        if (input.product() != null && !input.product().equals(product)) {
            throw Problem.invalid("product", "is " + product + " for the other plans of this Product at Stripe");
        }
        PlanDefinition terms = input.over(found.terms());
        String id = input.idOr(product, terms);
        return writes.inTurn(product)
                .then(rows.find(id))
                .hasElement()
                .flatMap(there -> there ? Mono.just(true) : insert(id, product, terms, found))
                .then(rows.find(id))
                .filter(plan -> isSame(plan, product, found.price().id(), terms))
                .switchIfEmpty(Mono.error(PlanFlow::exists));
    }

    private static boolean isSame(Plan plan, String product, String stripePriceId, PlanDefinition terms) {
        return plan.takenOver()
                && plan.product().equals(product)
                && stripePriceId.equals(plan.stripePriceId())
                && PlanDefinition.of(plan).equals(terms);
    }

    private Mono<Boolean> insert(String id, String product, PlanDefinition terms, StripeMatch found) {
        PriceState price = found.price();
        var from = new PlanWriter.TakenOver(found.product().id(), price.id(), price.lookupKey());
        return rows.lockProduct(product)
                .any(plan -> isOther(plan.stripeProductId(), found.product().id()))
                .filter(other -> !other)
                .switchIfEmpty(Mono.error(() -> Problem.invalid("product", "is another product's")))
                .flatMap(free -> writes.insert(id, product, terms, from))
                .flatMap(added -> writes.rememberPrice(price.id(), id, 1, PlanWriter.PriceTerms.of(price)))
                .filter(isNew -> isNew)
                .switchIfEmpty(
                        Mono.error(() -> Problem.conflict("price-taken", "There is a plan with this price already.")))
                .flatMap(taken -> synced.productSays(found.product()).thenReturn(true));
    }

    private static boolean isOther(@Nullable String one, String another) {
        return one == null || !one.equals(another);
    }
}
