package io.tillstream.subscription.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.customer.StripeCustomers;
import io.tillstream.subscription.settlement.SubscriptionTransitionStep.Step;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscription.ObjectVersion;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Subscriptions;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe tells of subscriptions themselves. */
@Component
class SubscriptionEventHandler {

    private static final ObjectVersion NOTHING = new ObjectVersion(0, null, false, null);

    private final SubscriptionOwnershipResolver whose;
    private final SubscriptionTransitionStep taking;
    private final SubscriptionEventPublisher told;
    private final Subscriptions subscriptions;
    private final StripeSubscriptionReader stripe;
    private final StripeCustomers customers;

    SubscriptionEventHandler(
            SubscriptionOwnershipResolver whose,
            SubscriptionTransitionStep taking,
            SubscriptionEventPublisher told,
            Subscriptions subscriptions,
            StripeSubscriptionReader stripe,
            StripeCustomers customers) {
        this.whose = whose;
        this.taking = taking;
        this.told = told;
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.customers = customers;
    }

    /** Inside the transaction of the event's inbox row. */
    Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> answer) {
        if (event.objectId() == null) {
            return Mono.just(new EventOutcome.Ignored("names no subscription"));
        }
        Optional<RefetchResult> refetched = answer.map(RefetchResult::of);
        JsonNode now = refetched.map(RefetchResult::object).orElse(null);
        StripeSubscriptionState snapshot = StripeSubscriptionState.of(now != null ? now : event.object());
        StateOrigin source = refetched
                .map(asked -> StateOrigin.read(asked.before(), event.created()))
                .orElseGet(() -> StateOrigin.told(event.created()));
        String user = refetched.map(RefetchResult::user).orElse(null);
        Cause cause = Cause.stripeEvent(event);
        return whose.of(snapshot, cause, refetched.isPresent(), user).flatMap(owner -> {
            if (owner instanceof SubscriptionOwnershipResolver.Ours ours) {
                return take(ours.id(), event, cause, snapshot, source);
            }
            return Mono.just(
                    owner instanceof SubscriptionOwnershipResolver.Stranger stranger
                            ? new EventOutcome.Ignored(stranger.why())
                            : new EventOutcome.NeedsRefetch());
        });
    }

    private Mono<EventOutcome> take(
            UUID id, StripeEvent event, Cause cause, StripeSubscriptionState snapshot, StateOrigin source) {
        return taking.take(id, cause, snapshot, source)
                .flatMap(step -> step.isUnclear()
                        ? taking.unclear(id, cause, snapshot, source)
                        : trialEnding(event, step).thenReturn(step.outcome()))
                .defaultIfEmpty(new EventOutcome.Ignored("no such subscription"));
    }

    /** Tellings only while there is a trial to end: nobody wants to hear of it afterwards. */
    private Mono<Void> trialEnding(StripeEvent event, Step step) {
        Subscription now = step.subscription();
        Instant end = now.period().trialEnd();
        boolean ends = event.type().equals("customer.subscription.trial_will_end")
                && now.status() == SubscriptionStatus.TRIALING
                && end != null;
        return ends
                ? told.tell(now.id(), SubscriptionEventFactory.trialEnding(now, Objects.requireNonNull(end)))
                : Mono.empty();
    }

    /** The subscription as Stripe has it now, and whose it is where its customer is new to us. */
    Mono<JsonNode> refetch(StripeEvent event) {
        String id = Objects.requireNonNull(event.objectId());
        String customer = StripeJson.id(event.object(), "customer");
        return subscriptions
                .findByStripeId(id)
                .map(known -> Optional.of(known.knowledge()))
                .switchIfEmpty(ownKnowledge(event))
                .defaultIfEmpty(Optional.empty())
                .flatMap(known -> stripe.subscriptionJson(id)
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .zipWith(known.isPresent() ? Mono.just(Optional.<String>empty()) : user(customer))
                        .map(read -> new RefetchResult(
                                        read.getT1().orElse(null),
                                        known.orElse(NOTHING),
                                        read.getT2().orElse(null))
                                .toJson()));
    }

    private Mono<Optional<ObjectVersion>> ownKnowledge(StripeEvent event) {
        return Mono.justOrEmpty(SubscriptionOwnershipResolver.uuid(event.metadata("subscription_id")))
                .flatMap(subscriptions::find)
                .map(known -> Optional.of(known.knowledge()));
    }

    private Mono<Optional<String>> user(@Nullable String customer) {
        return customer == null
                ? Mono.just(Optional.empty())
                : customers.userOf(customer).map(Optional::of).defaultIfEmpty(Optional.empty());
    }
}
