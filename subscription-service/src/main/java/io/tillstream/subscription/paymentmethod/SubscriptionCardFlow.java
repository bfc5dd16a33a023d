package io.tillstream.subscription.paymentmethod;

import com.stripe.param.SubscriptionUpdateParams;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.SchedulePhaseParams;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.answers.CardRefusals;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.change.ScheduleWriteGuard;
import io.tillstream.subscription.customer.StripeCustomers;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.stripe.EndRestoration;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.StripeTimeLimiter;
import io.tillstream.subscription.stripe.SubscriptionUpdateResult;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Another card pays a subscription from now on, also in what is planned for it: a phase of its schedule would set the card of the
 * day it was planned again. What is owed already is not taken by that: the open invoice is paid with it on its own. Twice is the
 * same as once.
 */
@Component
class SubscriptionCardFlow {

    private static final String CALL = "subscription.payment_method";

    private final Subscriptions subscriptions;
    private final StripeSubscriptions stripe;
    private final EndRestoration ends;
    private final ScheduleWriteGuard plans;
    private final StripeCustomers customers;
    private final SubscriptionTransition settlement;
    private final StripeTimeLimiter wait;

    SubscriptionCardFlow(
            Subscriptions subscriptions,
            StripeSubscriptions stripe,
            EndRestoration ends,
            ScheduleWriteGuard plans,
            StripeCustomers customers,
            SubscriptionTransition settlement,
            StripeTimeLimiter wait) {
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.ends = ends;
        this.plans = plans;
        this.customers = customers;
        this.settlement = settlement;
        this.wait = wait;
    }

    Mono<SubscriptionUpdateResult> payWith(String userId, UUID id, String cardId) {
        return subscriptions
                .find(id, userId)
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(subscription -> wait.forChange(
                        subscription,
                        stripe.read(subscription)
                                .flatMap(snapshot -> payWith(subscription, snapshot, cardId))
                                .map(now -> new SubscriptionUpdateResult(now, true)),
                        now -> new SubscriptionUpdateResult(now, false)));
    }

    private Mono<Subscription> payWith(Subscription subscription, StripeSubscriptionState snapshot, String cardId) {
        if (snapshot.status() == SubscriptionStatus.CANCELED
                || snapshot.status() == SubscriptionStatus.INCOMPLETE_EXPIRED) {
            return Mono.error(StripeSubscriptions.ended());
        }
        boolean paysIt = cardId.equals(snapshot.defaultPaymentMethod());
        if (paysIt && snapshot.scheduleId() == null) {
            return asItIs(subscription, snapshot);
        }
        return customers
                .hasCard(String.valueOf(snapshot.customerId()), cardId)
                .flatMap(own -> own
                        ? planned(subscription, snapshot.scheduleId(), snapshot.defaultPaymentMethod(), cardId)
                                .then(Mono.defer(() -> paysIt
                                        ? asItIs(subscription, snapshot)
                                        : changed(subscription, snapshot, cardId)
                                                .delayUntil(now -> planned(
                                                        subscription, scheduleOf(snapshot, now), cardId, cardId))))
                        : Mono.error(CardRefusals.notTheirs()));
    }

    private Mono<Subscription> asItIs(Subscription subscription, StripeSubscriptionState snapshot) {
        return settlement.answered(subscription, Cause.question("subscription.read", snapshot.id()), snapshot);
    }

    /**
     * First, so that who asks again after any fault finds what is left to do; and once more when it pays: what its user plans
     * meanwhile, or lets come back, has the card of before.
     *
     * @param pays the card that pays the subscription now
     */
    private Mono<Void> planned(
            Subscription subscription, @Nullable String scheduleId, @Nullable String pays, String cardId) {
        return scheduleId == null
                ? Mono.empty()
                : ends.restoredOrAsItIs(subscription, scheduleId, pays, UUID.randomUUID())
                        .map(SubscriptionCardFlow::taken)
                        .filter(schedule ->
                                SchedulePhaseParams.paidWith(schedule, cardId).isPresent())
                        .flatMap(schedule -> plans.write(
                                subscription.id(), scheduleId, now -> written(subscription, taken(now), cardId)));
    }

    private Mono<Void> written(Subscription subscription, JsonNode schedule, String cardId) {
        return Mono.justOrEmpty(SchedulePhaseParams.paidWith(schedule, cardId))
                .flatMap(params -> ends.pay(subscription, schedule, cardId, params))
                .map(SubscriptionCardFlow::taken)
                .then();
    }

    /** One that was begun since is known by the answer. */
    private static @Nullable String scheduleOf(StripeSubscriptionState before, Subscription now) {
        String known = before.scheduleId();
        return known == null ? now.schedule().stripeId() : known;
    }

    private static JsonNode taken(StripeResult<JsonNode> answer) {
        return answer.fold(
                schedule -> schedule,
                no -> {
                    throw StripeProblems.declined(no);
                },
                no -> {
                    throw refused(no);
                });
    }

    /** Each try has a key of its own: to the one of an old card, Stripe would repeat its old answer. */
    private Mono<Subscription> changed(Subscription subscription, StripeSubscriptionState snapshot, String cardId) {
        var params = SubscriptionUpdateParams.builder()
                .setDefaultPaymentMethod(cardId)
                .build();
        UUID request = UUID.randomUUID();
        Cause cause = Cause.stripeAnswer(CALL, request);
        return stripe.update(CALL, request, snapshot.id(), params)
                .flatMap(answer -> kept(subscription, cause, answer))
                .onErrorResume(OutcomeUnknown.class, unknown -> stripe.read(subscription)
                        .filter(now -> cardId.equals(now.defaultPaymentMethod()))
                        .flatMap(now -> settlement.answered(subscription, cause, now))
                        .switchIfEmpty(Mono.error(unknown)));
    }

    private Mono<Subscription> kept(Subscription subscription, Cause cause, StripeResult<JsonNode> answer) {
        return answer.fold(
                now -> settlement.answered(subscription, cause, StripeSubscriptionState.of(now)),
                no -> Mono.error(StripeProblems.declined(no)),
                no -> Mono.error(refused(no)));
    }

    private static Problem refused(StripeResult.Refused<?> no) {
        return CardRefusals.told(
                no, Problem.conflict("subscription-refused", "Stripe does not allow this now: " + no.code() + "."));
    }
}
