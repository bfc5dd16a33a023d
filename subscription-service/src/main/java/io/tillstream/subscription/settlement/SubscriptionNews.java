package io.tillstream.subscription.settlement;

import io.tillstream.delivery.Outcome;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.customer.StripeCustomers;
import io.tillstream.subscription.settlement.Taking.Step;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Snapshot;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscription.Knowledge;
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
class SubscriptionNews {

    private static final Knowledge NOTHING = new Knowledge(0, null, false, null);

    private final WhoseSubscription whose;
    private final Taking taking;
    private final Tellings told;
    private final Subscriptions subscriptions;
    private final StripeReads stripe;
    private final StripeCustomers customers;

    SubscriptionNews(
            WhoseSubscription whose,
            Taking taking,
            Tellings told,
            Subscriptions subscriptions,
            StripeReads stripe,
            StripeCustomers customers) {
        this.whose = whose;
        this.taking = taking;
        this.told = told;
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.customers = customers;
    }

    /** Inside the transaction of the event's inbox row. */
    Mono<Outcome> apply(StripeEvent event, Optional<JsonNode> answer) {
        if (event.objectId() == null) {
            return Mono.just(new Outcome.Ignored("names no subscription"));
        }
        Optional<Truth> truth = answer.map(Truth::of);
        JsonNode now = truth.map(Truth::object).orElse(null);
        Snapshot snapshot = Snapshot.of(now != null ? now : event.object());
        Source source = truth.map(asked -> Source.read(asked.before(), event.created()))
                .orElseGet(() -> Source.told(event.created()));
        String user = truth.map(Truth::user).orElse(null);
        Cause cause = Cause.stripeEvent(event);
        return whose.of(snapshot, cause, truth.isPresent(), user).flatMap(owner -> {
            if (owner instanceof WhoseSubscription.Ours ours) {
                return take(ours.id(), event, cause, snapshot, source);
            }
            return Mono.just(
                    owner instanceof WhoseSubscription.Stranger stranger
                            ? new Outcome.Ignored(stranger.why())
                            : new Outcome.NeedsTruth());
        });
    }

    private Mono<Outcome> take(UUID id, StripeEvent event, Cause cause, Snapshot snapshot, Source source) {
        return taking.take(id, cause, snapshot, source)
                .flatMap(step -> step.isUnclear()
                        ? taking.unclear(id, cause, snapshot, source)
                        : trialEnding(event, step).thenReturn(step.outcome()))
                .defaultIfEmpty(new Outcome.Ignored("no such subscription"));
    }

    /** Tellings only while there is a trial to end: nobody wants to hear of it afterwards. */
    private Mono<Void> trialEnding(StripeEvent event, Step step) {
        Subscription now = step.subscription();
        Instant end = now.period().trialEnd();
        boolean ends = event.type().equals("customer.subscription.trial_will_end")
                && now.status() == SubscriptionStatus.TRIALING
                && end != null;
        return ends ? told.tell(now.id(), Announcements.trialEnding(now, Objects.requireNonNull(end))) : Mono.empty();
    }

    /** The subscription as Stripe has it now, and whose it is where its customer is new to us. */
    Mono<JsonNode> truth(StripeEvent event) {
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
                        .map(read -> new Truth(
                                        read.getT1().orElse(null),
                                        known.orElse(NOTHING),
                                        read.getT2().orElse(null))
                                .toJson()));
    }

    private Mono<Optional<Knowledge>> ownKnowledge(StripeEvent event) {
        return Mono.justOrEmpty(WhoseSubscription.uuid(event.metadata("subscription_id")))
                .flatMap(subscriptions::find)
                .map(known -> Optional.of(known.knowledge()));
    }

    private Mono<Optional<String>> user(@Nullable String customer) {
        return customer == null
                ? Mono.just(Optional.empty())
                : customers.userOf(customer).map(Optional::of).defaultIfEmpty(Optional.empty());
    }
}
