package io.tillstream.subscription.quote;

import io.tillstream.subscription.access.EntitlementTransition;
import io.tillstream.subscription.catalog.PayableTotal;
import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.invoice.PaidPeriodCheck;
import io.tillstream.subscription.stripe.SubscriptionClock;
import io.tillstream.subscription.subscription.PlanConflicts;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Trials;
import io.tillstream.web.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Checks what a user wants to change to, against the plans and what they have. */
@Component
public class ChangeTargetResolver {

    private final PlanLookup plans;
    private final PlanConflicts conflicts;
    private final Trials trials;
    private final EntitlementTransition access;
    private final PaidPeriodCheck periods;
    private final SubscriptionClock present;

    ChangeTargetResolver(
            PlanLookup plans,
            PlanConflicts conflicts,
            Trials trials,
            EntitlementTransition access,
            PaidPeriodCheck periods,
            SubscriptionClock present) {
        this.plans = plans;
        this.conflicts = conflicts;
        this.trials = trials;
        this.access = access;
        this.periods = periods;
        this.present = present;
    }

    /**
     * What the subscription would be. Throws {@link Problem} 422 for a wrong plan or quantity, where nothing would change and
     * where nobody could pay it, 409 where the user has that plan already.
     */
    public Mono<ChangeTarget> of(
            Subscription subscription,
            StripeSubscriptionState snapshot,
            @Nullable String planId,
            @Nullable Integer quantity) {
        StripeSubscriptionState.Item item = QuoteFingerprint.item(subscription, snapshot);
        String price = Objects.requireNonNull(item.priceId());
        return current(subscription, price).flatMap(current -> {
            String wanted = planId == null ? current : planId;
            return plans.find(wanted)
                    .switchIfEmpty(Mono.error(Problem.invalid("planId", "is not a plan")))
                    .flatMap(plan -> wanted.equals(current)
                            ? Mono.just(new ChangeTarget(plan, price, quantity(plan, quantity, item.quantity())))
                            : other(subscription, plan, quantity(plan, quantity, item.quantity())))
                    .filter(target -> !wanted.equals(current) || target.quantity() != item.quantity())
                    .switchIfEmpty(Mono.error(ChangeTargetResolver::nothing))
                    .doOnNext(target -> checkTotal(target, subscription.currency()));
        });
    }

    /** What a unit costs at a former price of the plan, its plan does not say: there, Stripe decides. */
    private static void checkTotal(ChangeTarget target, String currency) {
        Plan plan = target.plan();
        if (target.priceId().equals(plan.stripePriceId())) {
            plan.price(currency).ifPresent(price -> PayableTotal.check(target.quantity(), price));
        }
    }

    /**
     * The same, for a change at once, which takes what is left of the running period for paid: so it has to be. In a trial that is no way to a plan that has none, or a shorter one, or one whose
     * trial was had: at the trial's end, or without a trial, it is open.
     */
    public Mono<ChangeTarget> now(
            Subscription subscription,
            StripeSubscriptionState snapshot,
            @Nullable String planId,
            @Nullable Integer quantity) {
        return paid(subscription, snapshot)
                .then(of(subscription, snapshot, planId, quantity))
                .flatMap(target -> {
                    Instant trialEnd = snapshot.trialEnd();
                    if (snapshot.status() != SubscriptionStatus.TRIALING
                            || trialEnd == null
                            || target.plan().id().equals(subscription.planId())) {
                        return Mono.just(target);
                    }
                    return present.now(subscription, snapshot)
                            .map(now -> now.plus(target.plan().trialDays(), ChronoUnit.DAYS))
                            .flatMap(longest -> trialEnd.isAfter(longest)
                                    ? Mono.error(notInTrial())
                                    : unlessHad(subscription, target));
                });
    }

    private Mono<ChangeTarget> unlessHad(Subscription subscription, ChangeTarget target) {
        return trials.hadByAnother(subscription, target.plan().product())
                .flatMap(had -> had ? Mono.error(notInTrial()) : Mono.just(target));
    }

    /**
     * Stripe credits what is left of a period whether or not it was paid yet, its invoice was dropped, or its money went back.
     * A trial costs nothing, so nothing of it is credited.
     */
    private Mono<Void> paid(Subscription subscription, StripeSubscriptionState snapshot) {
        boolean trial = snapshot.status() == SubscriptionStatus.TRIALING;
        boolean waits = snapshot.pending() != null;
        Mono<Boolean> period = trial
                ? Mono.just(true)
                : periods.isPaid(subscription, QuoteFingerprint.item(subscription, snapshot), waits);
        return access.isPaid(subscription)
                .flatMap(kept -> kept ? period : Mono.just(false))
                .flatMap(paid -> paid ? Mono.empty() : Mono.error(notPaid()));
    }

    /** The same, once a refund can only wait for the change: what was reserved meanwhile would be credited too. Under its lock. */
    public Mono<Void> stillPaid(Subscription locked) {
        return access.isPaid(locked).flatMap(paid -> paid ? Mono.empty() : Mono.error(notPaid()));
    }

    private static Problem notPaid() {
        return Problem.conflict(
                "period-not-paid",
                "The running period is not paid yet, or money of it went back: change at its end (period_end), or once"
                        + " it is paid.");
    }

    private static Problem notInTrial() {
        return Problem.conflict(
                "trial-not-offered",
                "Your trial is not one of that plan: change when it ends (period_end), or begin that plan without.");
    }

    /** The plan that Stripe invoices now: an event about it may not have arrived yet. */
    private Mono<String> current(Subscription subscription, String price) {
        return plans.byPrice(price).map(Plan::id).defaultIfEmpty(subscription.planId());
    }

    private Mono<ChangeTarget> other(Subscription subscription, Plan plan, int quantity) {
        if (!plan.active()) {
            return Mono.error(Problem.invalid("planId", "is no longer offered"));
        }
        if (plan.price(subscription.currency()).isEmpty()) {
            return Mono.error(Problem.invalid("planId", "has no price in " + subscription.currency()));
        }
        return free(subscription, plan.id())
                .then(Mono.defer(() -> plans.priceOf(plan)))
                .map(price -> new ChangeTarget(plan, price, quantity));
    }

    /** At most one live subscription per user and plan; a start that nobody paid for is none, and is closed on the way. */
    private Mono<Void> free(Subscription subscription, String planId) {
        return conflicts
                .with(subscription.id(), subscription.userId(), planId)
                .next()
                .flatMap(other -> Mono.error(alreadyLive(other)));
    }

    /** The same, once those are closed: what began meanwhile would be paid beside it. Under the lock of the user. */
    public Mono<Void> stillFree(Subscription subscription, String planId) {
        return conflicts
                .anyWith(subscription.id(), subscription.userId(), planId)
                .flatMap(other -> Mono.error(alreadyLive(other)));
    }

    private static Problem alreadyLive(Subscription other) {
        return Problem.conflict("subscription-already-live", "You have a subscription to this plan already.")
                .with("subscriptionId", other.id());
    }

    private static int quantity(Plan plan, @Nullable Integer wanted, int current) {
        int most = plan.perSeat() ? plan.maxQuantity() : 1;
        int quantity = wanted != null ? wanted : plan.perSeat() ? current : 1;
        if (quantity < 1 || quantity > most) {
            throw Problem.invalid(
                    "quantity", most == 1 ? "cannot be chosen for this plan" : "has to be between 1 and " + most);
        }
        return quantity;
    }

    private static Problem nothing() {
        return Problem.of(422, "nothing-to-change", "That is what you have already.");
    }
}
