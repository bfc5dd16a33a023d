package io.tillstream.subscription.stripe;

import io.tillstream.stripe.StripeCalls;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.PlanConflicts;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Changes that nobody paid for: paid later, one would make a second subscription of its plan, so it is taken back at Stripe. */
@Component
public class UnpaidChangeClosure {

    private static final String VOID = "invoice.void";

    private final PlanConflicts conflicts;
    private final StripeSubscriptions stripe;
    private final StripeCalls calls;
    private final SubscriptionTransition settlement;

    UnpaidChangeClosure(
            PlanConflicts conflicts, StripeSubscriptions stripe, StripeCalls calls, SubscriptionTransition settlement) {
        this.conflicts = conflicts;
        this.stripe = stripe;
        this.calls = calls;
        this.settlement = settlement;
    }

    /**
     * Takes back what others of the user's than {@code id} would become the plan by; gives one that was paid for in the last
     * moment, and stands in the way.
     */
    public Mono<Subscription> close(@Nullable UUID id, String userId, String planId) {
        return conflicts
                .unpaidChanges(id, userId, planId)
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(this::close)
                .filter(now -> now.isLive() && (planId.equals(now.planId()) || now.isOnlyPendingFor(planId)))
                .next();
    }

    /** The subscription as it is then. Stripe is asked first: the newest invoice may be of something else by now. */
    public Mono<Subscription> close(Subscription waiting) {
        UUID request = UUID.randomUUID();
        return stripe.find(waiting)
                .map(found -> found.filter(now -> now.pending() != null).map(StripeSubscriptionState::latestInvoiceId))
                .flatMap(Mono::justOrEmpty)
                .flatMap(invoice -> close(waiting, invoice, request))
                .switchIfEmpty(Mono.defer(
                        () -> settlement.refresh(waiting.id(), Cause.question("GET /v1/subscriptions/{id}", request))));
    }

    /** Voiding its invoice is how Stripe forgets a change that was not paid; the subscription as it is then. */
    public Mono<Subscription> close(Subscription waiting, String invoiceId, UUID request) {
        return calls.writeRepeatable(
                        VOID,
                        request,
                        (stripe, options) ->
                                StripeSubscriptions.json(stripe.v1().invoices().voidInvoice(invoiceId, options)))
                .flatMap(answer -> settlement.refresh(waiting.id(), Cause.stripeAnswer(VOID, request)));
    }
}
