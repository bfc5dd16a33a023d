package io.tillstream.subscription.catalog;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.catalog.PlanSyncRepository.Turn;
import io.tillstream.web.lease.LeaseLost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Makes Stripe say what a plan says: its Product, its Price, the former Price archived. Every step looks first at what
 * is there, so it does not matter after which line an earlier run ended; one instance at a time tells of a plan:
 *
 * <ul>
 *   <li>the Product has an id of our choosing, so there is one;
 *   <li>the Price is found by its lookup key, and repeats of one try share an idempotency key;
 *   <li>whatever other active Price was made for this plan is archived at the end of each run.
 * </ul>
 */
@Component
class PlanSync {

    private static final Logger log = LoggerFactory.getLogger(PlanSync.class);

    private static final int MOST_FEATURES = 15; // Stripe shows no more
    private static final Duration LONGEST = Duration.ofSeconds(50); // of one run: then it hangs
    private static final Duration LOOK = Duration.ofMillis(250); // whether another instance is done
    private static final int LOOKS = 240; // longer than a turn is

    private final Transactions transactions;
    private final PlanRepository rows;
    private final PlanWriter writes;
    private final PlanSyncRepository synced;
    private final StripeProducts products;
    private final StripePrices prices;
    private final Map<String, Mono<Plan>> running = new ConcurrentHashMap<>();

    PlanSync(
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

    /** The plan as it is when Stripe knows it. Those who ask at once share one run; no one's leaving ends it. */
    Mono<Plan> sync(String planId) {
        return shared(planId).flatMap(now -> isDue(now) ? shared(planId) : Mono.just(now));
    }

    /** A change that was written while a run went on may have come too late for it. */
    private Mono<Plan> shared(String planId) {
        return Mono.defer(() -> running.computeIfAbsent(planId, id -> Transactions.shield(run(id))
                .doOnTerminate(() -> running.remove(id))
                .cache()));
    }

    private static boolean isDue(Plan plan) {
        return plan.sync().isDue() && !plan.takenOver();
    }

    private Mono<Plan> run(String planId) {
        return rows.find(planId).flatMap(there -> Mono.defer(() -> turn(planId))
                .repeatWhenEmpty(LOOKS, empty -> empty.delayElements(LOOK))
                .onErrorResume(IllegalStateException.class, late -> rows.find(planId)));
    }

    /** The plan as it was told; empty while another instance is at it. */
    private Mono<Plan> turn(String planId) {
        return rows.find(planId).flatMap(plan -> isDue(plan) ? inTurn(planId) : Mono.just(plan));
    }

    private Mono<Plan> inTurn(String planId) {
        return transactions
                .run(synced.take(planId).map(Optional::of).defaultIfEmpty(Optional.empty()))
                .flatMap(Mono::justOrEmpty)
                .flatMap(turn -> Mono.usingWhen(
                        Mono.just(turn),
                        this::told,
                        ours -> transactions.run(synced.release(ours).thenReturn(true))));
    }

    private Mono<Plan> told(Turn turn) {
        return rows.find(turn.planId())
                .filter(PlanSync::isDue)
                .flatMap(plan -> synced.during(turn, tell(turn, plan))
                        .onErrorResume(RefusedByStripe.class, no -> refused(turn, plan, no))
                        .onErrorResume(LeaseLost.class, lost -> again(plan))
                        .then()
                        .timeout(LONGEST))
                .then(rows.find(turn.planId()));
    }

    /** What we told Stripe last may have come after what another told it: the plan is looked at once more. */
    private Mono<Void> again(Plan plan) {
        log.info("Plan {} is another's to tell Stripe of by now", plan.id());
        return transactions.run(synced.due(plan).thenReturn(true)).then();
    }

    private Mono<Void> tell(Turn turn, Plan plan) {
        return product(plan).flatMap(product -> price(plan, product.id())
                .flatMap(price -> keep(turn, plan, product.id(), price.id())
                        .then(archiveOthers(plan, product, price.id()))
                        .then(transactions.run(synced.done(turn, plan).thenReturn(true)))
                        .doOnNext(done -> log.info("Plan {} is at Stripe as {}", plan.id(), price.id()))
                        .then()));
    }

    private Mono<ProductState> product(Plan plan) {
        return rows.ofProduct(plan.product()).collectList().flatMap(all -> {
            String id = all.stream()
                    .map(Plan::stripeProductId)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseGet(() -> products.idOf(plan.product()));
            return products.read(id)
                    .map(ProductState::read)
                    .flatMap(there -> there.deleted() ? create(plan) : Mono.just(there))
                    .flatMap(there -> told(there, plan, features(all)));
        });
    }

    private Mono<ProductState> create(Plan plan) {
        return products.create(plan)
                .flatMap(answer -> answer.fold(
                        made -> Mono.just(made),
                        no -> Mono.error(new OutcomeUnknown("product: " + no, null)),
                        no -> somebodyMadeIt(plan, no)))
                .map(ProductState::read);
    }

    private Mono<JsonNode> somebodyMadeIt(Plan plan, StripeResult.Refused<JsonNode> no) {
        return no.says("resource_already_exists")
                ? products.read(products.idOf(plan.product()))
                : Mono.error(new RefusedByStripe(no));
    }

    private Mono<ProductState> told(ProductState there, Plan plan, List<String> features) {
        boolean same = plan.name().equals(there.name())
                && plan.description().equals(there.description())
                && plan.productActive() == there.active()
                && Set.copyOf(features).equals(Set.copyOf(there.features()));
        return same
                ? Mono.just(there)
                : products.tell(there.id(), plan, features).thenReturn(there);
    }

    private static List<String> features(List<Plan> ofProduct) {
        return ofProduct.stream()
                .filter(Plan::offered)
                .flatMap(plan -> plan.features().stream())
                .distinct()
                .limit(MOST_FEATURES)
                .toList();
    }

    private Mono<PriceState> price(Plan plan, String productId) {
        String known = plan.stripePriceId();
        Mono<PriceState> present = known == null
                ? prices.byKey(prices.lookupKey(plan.id())).flatMap(Mono::justOrEmpty)
                : prices.ask(known).map(prices::read);
        return present.filter(price ->
                        !price.deleted() && productId.equals(price.productId()) && price.bills(PlanDefinition.of(plan)))
                .flatMap(price -> agrees(price, plan)
                        ? Mono.just(price)
                        : prices.tell(price.id(), plan).thenReturn(price))
                .switchIfEmpty(Mono.defer(() -> prices.create(productId, plan)));
    }

    private boolean agrees(PriceState price, Plan plan) {
        return price.active() == plan.offered() && prices.lookupKey(plan.id()).equals(price.lookupKey());
    }

    private Mono<Void> keep(Turn turn, Plan plan, String productId, String priceId) {
        return transactions
                .run(writes.rememberPrice(priceId, plan.id(), plan.sync().version(), PlanWriter.PriceTerms.of(plan))
                        .then(synced.made(turn, plan, productId, priceId))
                        .thenReturn(true))
                .then();
    }

    /** Those who subscribed at a former price stay on it; Stripe invoices an archived Price as before. */
    private Mono<Void> archiveOthers(Plan plan, ProductState product, String priceId) {
        return rows.pricesOf(plan.id())
                .collectList()
                .zipWith(prices.active(product.id()))
                .flatMapIterable(both -> both.getT2().stream()
                        .filter(price -> plan.id().equals(price.ownPlan())
                                || both.getT1().contains(price.id()))
                        .map(PriceState::id)
                        .filter(id -> !id.equals(priceId))
                        .toList())
                .concatMap(former -> archive(former, product, priceId))
                .then();
    }

    private Flux<Void> archive(String former, ProductState product, String priceId) {
        Mono<Void> first =
                former.equals(product.defaultPrice()) ? products.tellDefault(product.id(), priceId) : Mono.empty();
        return Flux.concat(first, prices.archive(former));
    }

    private Mono<Void> refused(Turn turn, Plan plan, RefusedByStripe no) {
        log.warn("Plan {} is not offered: {}", plan.id(), no.getMessage());
        return transactions.run(synced.refused(turn, plan).thenReturn(true)).then(Mono.error(no));
    }
}
