package io.tillstream.subscription.settlement;

import io.tillstream.delivery.ParkedEvents;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.customer.Customers;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Which subscription of ours one of Stripe's is; one that was made there, in the dashboard say, becomes ours. */
@Component
class SubscriptionOwnershipResolver {

    private static final String OTHER_QUANTITY = "of another quantity than was asked for";

    private final Subscriptions subscriptions;
    private final Customers customers;
    private final PlanLookup plans;
    private final Timeline timeline;
    private final ParkedEvents parked;
    private final Clock clock;
    private final String environment;

    SubscriptionOwnershipResolver(
            Subscriptions subscriptions,
            Customers customers,
            PlanLookup plans,
            Timeline timeline,
            ParkedEvents parked,
            Clock clock,
            StripeSettings settings) {
        this.subscriptions = subscriptions;
        this.customers = customers;
        this.plans = plans;
        this.timeline = timeline;
        this.parked = parked;
        this.clock = clock;
        this.environment = settings.environment();
    }

    sealed interface Owner permits Ours, Stranger, Unsure {}

    record Ours(UUID id) implements Owner {}

    record Stranger(String why) implements Owner {}

    /** Of one of our plans, for a customer we have not heard of: Stripe says whether payment-service made it. */
    record Unsure(String customerId) implements Owner {}

    /**
     * In the transaction that takes the snapshot, as adopting writes.
     *
     * @param user whose customer it is, where Stripe was asked
     */
    Mono<Owner> of(StripeSubscriptionState snapshot, Cause cause, boolean asked, @Nullable String user) {
        return subscriptions
                .findByStripeId(snapshot.id())
                .<Owner>map(known -> new Ours(known.id()))
                .switchIfEmpty(Mono.defer(() -> byMetadata(snapshot, cause)))
                .switchIfEmpty(Mono.defer(() -> byPrice(snapshot, cause, asked, user)));
    }

    private Mono<Owner> byMetadata(StripeSubscriptionState snapshot, Cause cause) {
        String env = snapshot.metadata().get("env");
        if (env != null && !env.equals(environment)) {
            return Mono.just(new Stranger("of the environment " + env));
        }
        return Mono.justOrEmpty(env == null ? null : uuid(snapshot.ownId()))
                .flatMap(subscriptions::find)
                .filter(known -> known.stripeId() == null)
                .flatMap(known -> wasBegunBy(known, snapshot) && !known.isUndone()
                        ? ofStart(known, snapshot, cause)
                        : Mono.just(
                                new Stranger(known.isUndone() ? "undone" : "somebody's copy of the metadata of ours")));
    }

    /**
     * Its user or the shop may have changed the quantity before we heard of it, or Stripe has made it so, and would bill it for ever:
     * Stripe's answer to the start tells, and until then nothing of it is taken; nor once its undoing has begun, whatever it is by
     * now.
     */
    private Mono<Owner> ofStart(Subscription start, StripeSubscriptionState snapshot, Cause cause) {
        Owner ours = new Ours(start.id());
        Instant now = clock.instant();
        return subscriptions
                .isJudgedByItsAnswer(
                        start.id(), isOfItsQuantity(start, snapshot) ? now : now.minus(Subscription.KEY_IS_KNOWN))
                .flatMap(judged -> judged
                        ? timeline.told(start.id(), cause, "ignored", OTHER_QUANTITY)
                                .thenReturn(new Stranger(OTHER_QUANTITY))
                        : Mono.just(ours));
    }

    private static boolean isOfItsQuantity(Subscription start, StripeSubscriptionState snapshot) {
        String price = start.terms().stripePriceId();
        return snapshot.items().stream()
                .anyMatch(
                        item -> (price == null || price.equals(item.priceId())) && item.quantity() == start.quantity());
    }

    /** Metadata is anybody's to write: what our start asked for is of its customer, and billed by its price. */
    static boolean wasBegunBy(Subscription start, StripeSubscriptionState snapshot) {
        String price = start.terms().stripePriceId();
        boolean sameCustomer =
                start.stripeCustomerId() == null || start.stripeCustomerId().equals(snapshot.customerId());
        boolean samePrice = price == null || snapshot.items().stream().anyMatch(item -> price.equals(item.priceId()));
        return sameCustomer
                && samePrice
                && !isInOtherCurrency(start, snapshot)
                && start.id().toString().equals(snapshot.ownId());
    }

    /** Stripe invoices what our start did not ask for: the start's own questions find and undo it. */
    static boolean isInOtherCurrency(Subscription start, StripeSubscriptionState snapshot) {
        return snapshot.currency() != null
                && !snapshot.currency().equals(start.terms().currency());
    }

    private Mono<Owner> byPrice(StripeSubscriptionState snapshot, Cause cause, boolean asked, @Nullable String user) {
        String customer = snapshot.customerId();
        if (customer == null) {
            return Mono.just(new Stranger("no customer"));
        }
        return planOf(snapshot)
                .flatMap(plan -> userOf(customer, user)
                        .flatMap(owner -> adopt(snapshot, plan, owner, customer, cause))
                        .switchIfEmpty(Mono.fromSupplier(
                                () -> asked ? new Stranger("a customer of another system") : new Unsure(customer))))
                .defaultIfEmpty(new Stranger("not one of our plans"));
    }

    private Mono<String> userOf(String customer, @Nullable String asked) {
        return customers.userOf(customer).switchIfEmpty(Mono.justOrEmpty(asked).flatMap(user -> customers
                .keep(customer, user)
                .thenReturn(user)));
    }

    private Mono<Plan> planOf(StripeSubscriptionState snapshot) {
        return Flux.fromIterable(snapshot.items())
                .mapNotNull(StripeSubscriptionState.Item::priceId)
                .concatMap(plans::byPrice)
                .next();
    }

    /** Begun here without a request; the step that follows gives it Stripe's state. */
    private Mono<Owner> adopt(StripeSubscriptionState snapshot, Plan plan, String user, String customer, Cause cause) {
        UUID id = UUID.nameUUIDFromBytes((environment + ":" + snapshot.id()).getBytes(StandardCharsets.UTF_8));
        var now = clock.instant();
        String currency = Optional.ofNullable(snapshot.currency()).orElse(plan.currency());
        var terms = new Subscription.Terms(plan.id(), null, 1, currency);
        var begun = Subscription.begun(id, user, terms, "{}", null, now).named(customer, snapshot.id());
        return subscriptions
                .adopt(begun)
                .flatMap(isNew -> isNew
                        ? timeline.moved(id, begun.version(), null, begun.status(), cause)
                                .then(parked.release(snapshot.id()))
                                .then()
                        : Mono.<Void>empty())
                .thenReturn(new Ours(id));
    }

    static @Nullable UUID uuid(@Nullable String text) {
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
