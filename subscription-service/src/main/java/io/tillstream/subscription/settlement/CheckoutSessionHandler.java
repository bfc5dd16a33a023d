package io.tillstream.subscription.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe tells of the Checkout Sessions in which subscriptions begin. */
@Component
class CheckoutSessionHandler {

    /** Why a start is over whose page nobody used in time. */
    static final String EXPIRED = "checkout-expired";

    private final SubscriptionTransition settlement;
    private final SubscriptionTransitionStep taking;
    private final Subscriptions subscriptions;
    private final Timeline timeline;
    private final StripeSubscriptionReader stripe;
    private final String environment;

    CheckoutSessionHandler(
            SubscriptionTransition settlement,
            SubscriptionTransitionStep taking,
            Subscriptions subscriptions,
            Timeline timeline,
            StripeSubscriptionReader stripe,
            StripeSettings settings) {
        this.settlement = settlement;
        this.taking = taking;
        this.subscriptions = subscriptions;
        this.timeline = timeline;
        this.stripe = stripe;
        this.environment = settings.environment();
    }

    /** Inside the transaction of the event's inbox row. */
    Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> answer) {
        boolean ends = event.type().equals("checkout.session.completed")
                || event.type().equals("checkout.session.expired");
        if (!ends || !"subscription".equals(StripeJson.text(event.object(), "mode"))) {
            return Mono.just(new EventOutcome.Ignored("begins no subscription"));
        }
        if (!environment.equals(event.metadata("env"))) {
            return Mono.just(new EventOutcome.Ignored("of another environment"));
        }
        return own(event)
                .flatMap(known -> event.type().equals("checkout.session.expired")
                        ? expired(known, event)
                        : completed(known, event, answer.map(RefetchResult::of)))
                .defaultIfEmpty(new EventOutcome.Ignored("no subscription of ours"));
    }

    private Mono<Subscription> own(StripeEvent event) {
        String customer = StripeJson.id(event.object(), "customer");
        return Mono.justOrEmpty(SubscriptionOwnershipResolver.uuid(event.metadata("subscription_id")))
                .flatMap(subscriptions::find)
                .filter(known -> isItsPage(known, event.objectId(), customer));
    }

    /** Metadata is anybody's to write: the page is the one that we opened, or of its customer where no answer named it. */
    private static boolean isItsPage(Subscription known, @Nullable String session, @Nullable String customer) {
        String opened = known.names().checkoutSessionId();
        boolean sameCustomer =
                known.stripeCustomerId() == null || known.stripeCustomerId().equals(customer);
        return sameCustomer && (opened == null || opened.equals(session));
    }

    private Mono<EventOutcome> expired(Subscription known, StripeEvent event) {
        Cause cause = Cause.stripeEvent(event);
        boolean isOver = known.isLive() && known.stripeId() == null;
        if (!isOver) {
            return timeline.told(known.id(), cause, "ignored", "it goes on without")
                    .thenReturn(new EventOutcome.Ignored("it goes on without"));
        }
        return settlement
                .fail(known.id(), cause, EXPIRED, "The payment page was not used in time.")
                .then(timeline.told(known.id(), cause, "applied", null))
                .thenReturn(new EventOutcome.Applied());
    }

    /** The session names the subscription; what that is has to be read, unless its own events came first. */
    private Mono<EventOutcome> completed(Subscription known, StripeEvent event, Optional<RefetchResult> refetched) {
        Cause cause = Cause.stripeEvent(event);
        if (known.stripeId() != null || StripeJson.id(event.object(), "subscription") == null) {
            return timeline.told(known.id(), cause, "ignored", "says nothing new")
                    .thenReturn(new EventOutcome.Ignored("says nothing new"));
        }
        if (refetched.isEmpty()) {
            return Mono.just(new EventOutcome.NeedsRefetch());
        }
        JsonNode now = refetched.get().object();
        if (now == null) {
            return Mono.just(new EventOutcome.Ignored("its subscription is not there"));
        }
        StateOrigin source = StateOrigin.read(refetched.get().before(), 0);
        StripeSubscriptionState made = StripeSubscriptionState.of(now);
        if (SubscriptionOwnershipResolver.isInOtherCurrency(known, made)) {
            return subscriptions
                    .askSoon(known.id())
                    .then(timeline.told(known.id(), cause, "ignored", "in another currency than was asked for"))
                    .thenReturn(new EventOutcome.Ignored("in another currency than was asked for"));
        }
        if (!SubscriptionOwnershipResolver.wasBegunBy(known, made)) {
            return Mono.just(new EventOutcome.Ignored("leads to a subscription that is not ours"));
        }
        return taking.take(known.id(), cause, made, source)
                .flatMap(step ->
                        step.isUnclear() ? taking.unclear(known.id(), cause, made, source) : Mono.just(step.outcome()))
                .defaultIfEmpty(new EventOutcome.Ignored("no subscription of ours"));
    }

    /** The customer is deleted at Stripe, and with them whoever could pay on their pages. */
    Mono<EventOutcome> customerDeleted(StripeEvent event) {
        Cause cause = Cause.stripeEvent(event);
        return Mono.justOrEmpty(event.objectId())
                .flatMapMany(subscriptions::onPages)
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(id -> settlement
                        .fail(id, cause, "customer-deleted", "Its customer is deleted.")
                        .then(timeline.told(id, cause, "applied", null))
                        .thenReturn(id))
                .count()
                .map(swept ->
                        swept > 0 ? new EventOutcome.Applied() : new EventOutcome.Ignored("nothing of theirs is open"));
    }

    Mono<JsonNode> refetch(StripeEvent event) {
        String id = StripeJson.id(event.object(), "subscription");
        if (id == null) {
            return Mono.just(event.object()); // a page that began none
        }
        return own(event)
                .map(Subscription::knowledge)
                .flatMap(before -> stripe.subscriptionJson(id)
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .map(now -> new RefetchResult(now.orElse(null), before, null).toJson()))
                .switchIfEmpty(Mono.just(event.object()));
    }
}
