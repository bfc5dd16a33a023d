package io.tillstream.subscription.cancellation;

import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.SubscriptionUpdateParams.PauseCollection;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.cancellation.PauseRequestRepository.Asker;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.SubscriptionClock;
import io.tillstream.subscription.stripe.SubscriptionUpdateResult;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.web.Problem;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * For a time nothing is collected. That is the operator's act; a user's only as far as {@link PauseSettings} allow. What
 * may be used meanwhile is what is paid, and beyond that a matter of the dunning policy.
 */
@Component
class PauseFlow {

    private static final String CALL = "subscription.pause";
    private static final Set<SubscriptionStatus> PAUSABLE =
            EnumSet.of(SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING, SubscriptionStatus.PAST_DUE);

    private final SubscriptionActionTemplate act;
    private final StripeSubscriptions stripe;
    private final PauseRequestRepository requests;
    private final PauseSettings settings;
    private final SubscriptionClock present;

    PauseFlow(
            SubscriptionActionTemplate act,
            StripeSubscriptions stripe,
            PauseRequestRepository requests,
            PauseSettings settings,
            SubscriptionClock present) {
        this.act = act;
        this.stripe = stripe;
        this.requests = requests;
        this.settings = settings;
        this.present = present;
    }

    /** {@code until} in whole seconds, as Stripe keeps it; null: until it is resumed. */
    Mono<SubscriptionUpdateResult> byOperator(
            SubscriptionActionTemplate.ActionCommand wish, String behavior, @Nullable Instant until) {
        Subscription.Pause wanted = new Subscription.Pause(behavior, until);
        return act.on(
                wish,
                subscription -> snapshot -> present.now(subscription, snapshot).flatMap(now -> {
                    check(snapshot, PAUSABLE, until, now);
                    return wanted.equals(snapshot.pause())
                            ? act.asItIs(subscription, wish, snapshot)
                            : begun(subscription, wish, snapshot, wanted, Asker.OPERATOR);
                }));
    }

    /** As long and as often as the settings allow, and only for what is paid: a trial or a debt is not paused. */
    Mono<SubscriptionUpdateResult> byUser(SubscriptionActionTemplate.ActionCommand wish, @Nullable Instant until) {
        return act.own(wish).flatMap(own -> {
            if (!settings.byUsers()) {
                return Mono.error(Problem.of(403, "pause-not-offered", "Subscriptions are paused by the shop alone."));
            }
            if (until == null) {
                return Mono.error(tooLong());
            }
            Subscription.Pause wanted =
                    new Subscription.Pause(settings.behavior().text(), until);
            return act.on(
                    wish,
                    subscription -> snapshot -> present.now(subscription, snapshot)
                            .flatMap(now -> byUser(wish, subscription, snapshot, wanted, until, now)));
        });
    }

    private Mono<Subscription> byUser(
            SubscriptionActionTemplate.ActionCommand wish,
            Subscription subscription,
            StripeSubscriptionState snapshot,
            Subscription.Pause wanted,
            Instant until,
            Instant now) {
        if (until.isAfter(now.plus(settings.longest()))) {
            return Mono.error(tooLong());
        }
        check(snapshot, EnumSet.of(SubscriptionStatus.ACTIVE), until, now);
        if (wanted.equals(snapshot.pause())) {
            return act.asItIs(subscription, wish, snapshot);
        }
        return snapshot.pause() != null
                ? Mono.error(Problem.conflict("collection-paused", "It is paused already."))
                : begun(subscription, wish, snapshot, wanted, Asker.user(settings.timesAYear()));
    }

    private Problem tooLong() {
        return Problem.invalid(
                "until", "has to be at most " + settings.longest().toDays() + " days from now");
    }

    private static void check(
            StripeSubscriptionState snapshot, Set<SubscriptionStatus> pausable, @Nullable Instant until, Instant now) {
        if (!pausable.contains(snapshot.status())) {
            throw CancelFlow.isOver(snapshot)
                    ? StripeSubscriptions.ended()
                    : Problem.conflict("subscription-not-active", "Nothing is being collected.");
        }
        if (until != null && !until.isAfter(now)) {
            throw Problem.invalid("until", "has to be in the future");
        }
    }

    private Mono<Subscription> begun(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            Subscription.Pause wanted,
            Asker asker) {
        return requests.begin(subscription, wish.request(), asker, wanted)
                .switchIfEmpty(Mono.error(() ->
                        Problem.conflict("pauses-used-up", "It was paused as often as is allowed within a year.")))
                .flatMap(isNew -> paused(subscription, wish, snapshot, wanted)
                        .onErrorResume(
                                fault -> isNew && (fault instanceof StripeUnavailable || fault instanceof Problem),
                                fault -> requests.takeBack(wish.request()).then(Mono.error(fault))));
    }

    private Mono<Subscription> paused(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            Subscription.Pause wanted) {
        var pause = PauseCollection.builder()
                .setBehavior(PauseCollection.Behavior.valueOf(wanted.behavior().toUpperCase(Locale.ROOT)));
        if (wanted.until() != null) {
            pause.setResumesAt(wanted.until().getEpochSecond());
        }
        var params = SubscriptionUpdateParams.builder()
                .setPauseCollection(pause.build())
                .build();
        return act.keep(
                subscription,
                Cause.stripeAnswer(CALL, wish.request()),
                stripe.update(CALL, wish.in(snapshot), snapshot.id(), params),
                now -> wanted.equals(now.pause()));
    }
}
