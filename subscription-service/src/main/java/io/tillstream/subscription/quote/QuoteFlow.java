package io.tillstream.subscription.quote;

import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.StripeTimeLimiter;
import io.tillstream.subscription.stripe.SubscriptionClock;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * A user asks what a change would cost, sees it, and changes at that price or not at all: Stripe reckons it for one
 * second in time, and is told the same second when the change is made.
 */
@Component
public class QuoteFlow {

    private static final Duration GOOD_FOR = Duration.ofMinutes(10); // to read, decide, and find the card

    private final Subscriptions subscriptions;
    private final StripeSubscriptions stripe;
    private final StripePreviews previews;
    private final ChangeTargetResolver choice;
    private final QuoteSeal seal;
    private final Clock clock;
    private final PlanLookup plans;
    private final SubscriptionClock present;

    QuoteFlow(
            Subscriptions subscriptions,
            StripeSubscriptions stripe,
            StripePreviews previews,
            ChangeTargetResolver choice,
            QuoteSeal seal,
            Clock clock,
            PlanLookup plans,
            SubscriptionClock present) {
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.previews = previews;
        this.choice = choice;
        this.seal = seal;
        this.clock = clock;
        this.plans = plans;
        this.present = present;
    }

    /** What a change would invoice, and the quote as the user carries it. */
    record Quoted(Quote quote, Preview preview, String sealed) {}

    Mono<Quoted> quote(String userId, UUID subscriptionId, @Nullable String planId, @Nullable Integer quantity) {
        return subscriptions
                .find(subscriptionId, userId)
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(subscription -> StripeTimeLimiter.forAnswer(plans.mending(stripe.read(subscription)
                        .flatMap(snapshot -> quote(subscription, snapshot, planId, quantity)))));
    }

    private Mono<Quoted> quote(
            Subscription subscription,
            StripeSubscriptionState snapshot,
            @Nullable String planId,
            @Nullable Integer quantity) {
        Changeable.now(subscription, snapshot);
        StripeSubscriptionState.Item item = QuoteFingerprint.item(subscription, snapshot);
        return Mono.zip(choice.now(subscription, snapshot, planId, quantity), present.now(subscription, snapshot))
                .flatMap(both -> {
                    ChangeTarget target = both.getT1();
                    long second = second(both.getT2(), item);
                    return previews.of(snapshot, item, target, second)
                            .map(preview -> quoted(subscription, snapshot, target, second, preview));
                });
    }

    private Quoted quoted(
            Subscription subscription,
            StripeSubscriptionState snapshot,
            ChangeTarget target,
            long second,
            Preview preview) {
        Instant until = clock.instant().plus(GOOD_FOR).truncatedTo(ChronoUnit.SECONDS);
        Quote quote = new Quote(
                UUID.randomUUID(),
                subscription.userId(),
                subscription.id(),
                QuoteFingerprint.of(snapshot),
                target.plan().id(),
                target.priceId(),
                target.quantity(),
                second,
                preview.total(),
                preview.amountDue(),
                preview.currency(),
                until);
        return new Quoted(quote, preview, seal.seal(quote));
    }

    /** Stripe takes no second outside the running period; its test clocks run ahead of ours. */
    static long second(Instant present, StripeSubscriptionState.Item item) {
        long now = present.getEpochSecond();
        Instant start = item.periodStart();
        Instant end = item.periodEnd();
        long atLeast = start == null ? now : Math.max(now, start.getEpochSecond());
        return end == null ? atLeast : Math.min(atLeast, end.getEpochSecond() - 1);
    }

    /**
     * The item to be changed, if the quote still tells the truth: the subscription is as it was, and Stripe reckons the
     * same for the same second. Throws {@link Problem} 409 {@code quote-outdated} otherwise.
     */
    public Mono<StripeSubscriptionState.Item> confirmed(
            Quote quote, Subscription subscription, StripeSubscriptionState snapshot) {
        if (!QuoteFingerprint.of(snapshot).equals(quote.state())) {
            return Mono.error(outdated());
        }
        Changeable.now(subscription, snapshot);
        StripeSubscriptionState.Item item = QuoteFingerprint.item(subscription, snapshot);
        return choice.now(subscription, snapshot, quote.planId(), quote.quantity())
                .filter(target -> target.priceId().equals(quote.priceId()))
                .flatMap(target -> previews.of(snapshot, item, target, quote.prorationDate()))
                .filter(preview -> preview.total() == quote.total()
                        && preview.amountDue() == quote.amountDue()
                        && preview.currency().equals(quote.currency()))
                .switchIfEmpty(Mono.error(QuoteFlow::outdated))
                .thenReturn(item);
    }

    private static Problem outdated() {
        return Problem.conflict(
                "quote-outdated", "The subscription or its price has changed since: ask for a new quote.");
    }
}
