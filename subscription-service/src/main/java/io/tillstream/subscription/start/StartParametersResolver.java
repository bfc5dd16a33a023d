package io.tillstream.subscription.start;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.customer.Customers;
import io.tillstream.subscription.customer.StripeCustomers;
import io.tillstream.subscription.start.StartJson.StartCommand;
import io.tillstream.subscription.subscription.PromotionRedemptions;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Trials;
import io.tillstream.web.Problem;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Makes of a wish what Stripe can be asked for. Nothing here takes money or begins anything; a new card is saved. */
@Component
class StartParametersResolver {

    private final PlanLookup plans;
    private final Subscriptions subscriptions;
    private final Customers customers;
    private final StripeStarts stripe;
    private final StripeCustomers cards;
    private final Trials trials;
    private final Transactions transactions;
    private final PromotionRedemptions promotions;
    private final StripeRedemptions redeemed;

    StartParametersResolver(
            PlanLookup plans,
            Subscriptions subscriptions,
            Customers customers,
            StripeStarts stripe,
            StripeCustomers cards,
            Trials trials,
            Transactions transactions,
            PromotionRedemptions promotions,
            StripeRedemptions redeemed) {
        this.plans = plans;
        this.subscriptions = subscriptions;
        this.customers = customers;
        this.stripe = stripe;
        this.cards = cards;
        this.trials = trials;
        this.transactions = transactions;
        this.promotions = promotions;
        this.redeemed = redeemed;
    }

    /** What can be said without asking anybody else. */
    Mono<Plan> plan(StartCommand wish) {
        return plans.find(wish.planId())
                .filter(Plan::active)
                .switchIfEmpty(Mono.error(() -> Problem.invalid("planId", "is not a plan that can be subscribed to")))
                .doOnNext(plan -> StartRules.check(wish, plan));
    }

    /** Its Price at Stripe, of the amount that was expected: one that has to be made first may be of a newer amount. */
    private Mono<String> price(StartCommand wish, Plan plan) {
        Mono<String> price = plans.priceOf(plan);
        return plan.stripePriceId() != null
                ? price
                : price.flatMap(id -> plans.find(plan.id())
                        .doOnNext(now -> StartRules.checkPrice(wish, now))
                        .thenReturn(id));
    }

    Mono<StartParameters> wanted(String userId, StartCommand wish, Plan plan) {
        return customer(userId, wish).flatMap(customer -> Mono.zip(
                        price(wish, plan), promotion(userId, wish, customer), page(userId, wish, plan, customer))
                .flatMap(known -> card(userId, wish, customer).flatMap(card -> trialDays(userId, wish, plan, customer)
                        .map(trialDays -> new StartParameters(
                                customer,
                                plan.id(),
                                known.getT1(),
                                wish.units(),
                                Optional.ofNullable(wish.currency()).orElse(plan.currency()),
                                trialDays,
                                card.orElse(null),
                                wish.promotionCode(),
                                known.getT2().orElse(null),
                                known.getT3().orElse(null))))));
    }

    private Mono<String> customer(String userId, StartCommand wish) {
        return wish.page() == null
                ? customers.stripeIdOf(userId, wish.email())
                : customers.stripeIdForPage(userId, wish.email(), wish.request());
    }

    /**
     * Codes that are typed on the page are for who is new to the product and began nothing with a code yet: there, nobody counts
     * how often they are used.
     */
    private Mono<Optional<StartParameters.StripePage>> page(
            String userId, StartCommand wish, Plan plan, String customer) {
        StartParameters.StripePage page = wish.page();
        if (page == null || !page.allowPromotionCodes()) {
            return Mono.just(Optional.ofNullable(page));
        }
        return subscriptions
                .had(userId, plan.product())
                .flatMap(had -> had ? Mono.just(false) : promotions.mayType(userId))
                .flatMap(may -> may ? redeemed.of(customer).hasElements().map(any -> !any) : Mono.just(false))
                .map(may -> Optional.of(may ? page : page.withoutCodes()));
    }

    /** One that is not the customer's yet is saved, as everything after the first payment is paid with it too. */
    private Mono<Optional<String>> card(String userId, StartCommand wish, String customer) {
        String card = wish.paymentMethodId();
        return card == null
                ? Mono.just(Optional.empty())
                : cards.hasCard(customer, card)
                        .flatMap(own -> own ? Mono.just(card) : customers.savedCard(userId, wish.request(), card))
                        .map(Optional::of);
    }

    private Mono<Optional<String>> promotion(String userId, StartCommand wish, String customer) {
        String code = wish.promotionCode();
        return code == null
                ? Mono.just(Optional.empty())
                : stripe.promotionCode(code, customer)
                        .switchIfEmpty(
                                Mono.error(() -> Problem.invalid("promotionCode", "is not a code that is valid now")))
                        .flatMap(id -> used(userId, id, customer).map(used -> {
                            if (used) {
                                throw StartRefusals.promotionUsed();
                            }
                            return Optional.of(id);
                        }));
    }

    /** Here, or typed on a page of Stripe's, or on its portal. */
    private Mono<Boolean> used(String userId, String promotionCodeId, String customer) {
        return promotions
                .used(userId, promotionCodeId)
                .flatMap(used -> used
                        ? Mono.just(true)
                        : promotions
                                .pagesWithCodes(userId)
                                .collectList()
                                .flatMapIterable(pages -> pages)
                                .concatMap(stripe::session)
                                .any(page -> page.path("discounts")
                                        .valueStream()
                                        .anyMatch(
                                                each -> promotionCodeId.equals(StripeJson.id(each, "promotion_code")))))
                .flatMap(used -> used ? Mono.just(true) : redeemed.of(customer).any(promotionCodeId::equals));
    }

    /**
     * A trial is for those who do not know the product yet: once per user, card and bank account, or it would be free for ever. The
     * user's cards and accounts are looked at where a trial is in question; those that come later are told by their events.
     */
    private Mono<Integer> trialDays(String userId, StartCommand wish, Plan plan, String customer) {
        if (plan.trialDays() == 0 || Boolean.FALSE.equals(wish.trial())) {
            return Mono.just(0);
        }
        Mono<Boolean> hadOne = cards.fingerprints(customer)
                .flatMap(found ->
                        transactions.run(trials.keepCards(userId, found).thenReturn(true)))
                .then(trials.had(userId, plan.product()));
        return hadOne.map(had -> {
            if (had && Boolean.TRUE.equals(wish.trial())) {
                throw Problem.invalid("trial", "was used before");
            }
            return had ? 0 : plan.trialDays();
        });
    }
}
