package io.tillstream.subscription.cancellation;

import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.quote.QuoteFingerprint;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.StripeTimeLimiter;
import io.tillstream.subscription.stripe.SubscriptionUpdateResult;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * One step that all of these share: Stripe is asked how the subscription is; if that is what the user wants already,
 * nothing is done, so that twice is the same as once; otherwise Stripe is told, and its answer is kept.
 */
@Component
class SubscriptionActionTemplate {

    private final Subscriptions subscriptions;
    private final StripeSubscriptions stripe;
    private final SubscriptionTransition settlement;
    private final StripeTimeLimiter wait;

    SubscriptionActionTemplate(
            Subscriptions subscriptions,
            StripeSubscriptions stripe,
            SubscriptionTransition settlement,
            StripeTimeLimiter wait) {
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.settlement = settlement;
        this.wait = wait;
    }

    /**
     * Somebody's wish for a subscription.
     *
     * @param userId whose it has to be; null: an operator's wish, for anybody's
     */
    record ActionCommand(@Nullable String userId, UUID subscriptionId, UUID request) {

        static ActionCommand ofOperator(UUID subscriptionId, UUID request) {
            return new ActionCommand(null, subscriptionId, request);
        }

        boolean isOperators() {
            return userId == null;
        }

        /** The same wish in the same state is the same request for Stripe; in another one it is another. */
        String in(StripeSubscriptionState snapshot) {
            return request + ":" + QuoteFingerprint.of(snapshot).substring(0, 12);
        }
    }

    /** {@code steps} are taken with the subscription as Stripe has it now. */
    Mono<SubscriptionUpdateResult> on(
            ActionCommand wish, Function<Subscription, Function<StripeSubscriptionState, Mono<Subscription>>> steps) {
        return own(wish)
                .flatMap(subscription ->
                        done(subscription, stripe.read(subscription).flatMap(snapshot -> steps.apply(subscription)
                                .apply(snapshot))));
    }

    Mono<Subscription> own(ActionCommand wish) {
        String owner = wish.userId();
        Mono<Subscription> found = owner == null
                ? subscriptions.find(wish.subscriptionId())
                : subscriptions.find(wish.subscriptionId(), owner);
        return found.switchIfEmpty(Mono.error(Problem::notFound));
    }

    /** What {@code work} with Stripe came to, or that it goes on. */
    Mono<SubscriptionUpdateResult> done(Subscription subscription, Mono<Subscription> work) {
        return wait.forChange(
                subscription,
                work.map(now -> new SubscriptionUpdateResult(now, true)),
                now -> new SubscriptionUpdateResult(now, false));
    }

    /** Keeps Stripe's answer. Without one, or after a no, the subscription is looked at: it may show what was {@code wanted}. */
    Mono<Subscription> keep(
            Subscription subscription,
            Cause cause,
            Mono<StripeResult<JsonNode>> asked,
            Predicate<StripeSubscriptionState> wanted) {
        return keep(
                subscription,
                cause,
                asked,
                wanted,
                done -> settlement.answered(subscription, cause, StripeSubscriptionState.of(done)));
    }

    /** The same, where Stripe answers with the schedule of the subscription. */
    Mono<Subscription> keepOfSchedule(
            Subscription subscription,
            Cause cause,
            Mono<StripeResult<JsonNode>> asked,
            Predicate<StripeSubscriptionState> wanted) {
        return keep(subscription, cause, asked, wanted, done -> settlement
                .scheduleAnswered(subscription, cause, done)
                .flatMap(now -> settlement.refresh(now.id(), cause)));
    }

    private Mono<Subscription> keep(
            Subscription subscription,
            Cause cause,
            Mono<StripeResult<JsonNode>> asked,
            Predicate<StripeSubscriptionState> wanted,
            Function<JsonNode, Mono<Subscription>> taken) {
        return asked.flatMap(answer -> answer.fold(
                        taken, no -> Mono.error(StripeProblems.declined(no)), no -> shown(subscription, cause, wanted)
                                .switchIfEmpty(Mono.error(() -> StripeProblems.told(no, refused(no.code()))))))
                .onErrorResume(OutcomeUnknown.class, unknown -> shown(subscription, cause, wanted)
                        .switchIfEmpty(Mono.error(unknown)));
    }

    /** Takes what Stripe shows now; empty where that is not what was wanted. */
    private Mono<Subscription> shown(
            Subscription subscription, Cause cause, Predicate<StripeSubscriptionState> wanted) {
        return stripe.find(subscription)
                .flatMap(Mono::justOrEmpty)
                .flatMap(now -> settlement.answered(subscription, cause, now).filter(taken -> wanted.test(now)));
    }

    /** It is as was wanted: that may be news to us. */
    Mono<Subscription> asItIs(Subscription subscription, ActionCommand wish, StripeSubscriptionState snapshot) {
        return settlement.answered(subscription, Cause.question("subscription.read", wish.request()), snapshot);
    }

    private static Problem refused(String code) {
        return Problem.conflict("subscription-refused", "Stripe does not allow this now: " + code + ".");
    }
}
