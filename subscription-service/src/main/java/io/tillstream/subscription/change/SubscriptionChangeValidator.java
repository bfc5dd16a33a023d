package io.tillstream.subscription.change;

import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.quote.ChangeTargetResolver;
import io.tillstream.subscription.quote.Changeable;
import io.tillstream.subscription.quote.Quote;
import io.tillstream.subscription.quote.QuoteFingerprint;
import io.tillstream.subscription.quote.QuoteFlow;
import io.tillstream.subscription.quote.QuoteSeal;
import io.tillstream.subscription.stripe.EndRestoration;
import io.tillstream.subscription.stripe.PaymentInProgressGuard;
import io.tillstream.subscription.stripe.SchedulePhases;
import io.tillstream.subscription.stripe.ScheduleRelease;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.subscription.PaymentTries;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What comes before a change is committed: Stripe is asked how things are, and puts back what was lost of an end at most. */
@Component
class SubscriptionChangeValidator {

    private final StripeSubscriptions stripe;
    private final ScheduleRelease unscheduled;
    private final EndRestoration ends;
    private final QuoteFlow quotes;
    private final QuoteSeal seal;
    private final ChangeTargetResolver choice;
    private final ConflictingStartClosure unpaid;
    private final PaymentInProgressGuard payment;
    private final PaymentTries tries;
    private final Clock clock;

    SubscriptionChangeValidator(
            StripeSubscriptions stripe,
            ScheduleRelease unscheduled,
            EndRestoration ends,
            QuoteFlow quotes,
            QuoteSeal seal,
            ChangeTargetResolver choice,
            ConflictingStartClosure unpaid,
            PaymentInProgressGuard payment,
            PaymentTries tries,
            Clock clock) {
        this.stripe = stripe;
        this.unscheduled = unscheduled;
        this.ends = ends;
        this.quotes = quotes;
        this.seal = seal;
        this.choice = choice;
        this.unpaid = unpaid;
        this.payment = payment;
        this.tries = tries;
        this.clock = clock;
    }

    Quote recognized(String sealed, Subscription subscription) {
        return seal.recognize(sealed, subscription.userId(), subscription.id());
    }

    Mono<Change> quoted(String sealed, UUID request, Subscription subscription) {
        return Mono.defer(() -> {
            Quote quote = seal.open(sealed, subscription.userId(), subscription.id());
            return read(subscription).flatMap(snapshot -> quotes.confirmed(quote, subscription, snapshot)
                    .map(item -> change(quote, request, item))
                    .flatMap(change -> free(subscription, snapshot, change).thenReturn(change)));
        });
    }

    /** As Stripe has it, with no money on its way for a change that another one would drop. */
    private Mono<StripeSubscriptionState> read(Subscription subscription) {
        return stripe.read(subscription)
                .flatMap(snapshot -> payment.mustNotBeUnderWay(snapshot).thenReturn(snapshot));
    }

    private Change change(Quote quote, UUID request, StripeSubscriptionState.Item item) {
        return begun(
                quote.id(),
                request,
                quote.subscriptionId(),
                new Change.ChangeTerms(quote.planId(), quote.priceId(), id(item), quote.quantity()),
                quote.prorationDate());
    }

    Mono<Change> wanted(UUID request, Subscription subscription, @Nullable String planId, @Nullable Integer quantity) {
        return read(subscription).flatMap(snapshot -> {
            Changeable.now(subscription, snapshot);
            StripeSubscriptionState.Item item = QuoteFingerprint.item(subscription, snapshot);
            return choice.now(subscription, snapshot, planId, quantity)
                    .map(target -> begun(
                            request,
                            request,
                            subscription.id(),
                            new Change.ChangeTerms(target.plan().id(), target.priceId(), id(item), target.quantity()),
                            null))
                    .flatMap(change -> free(subscription, snapshot, change).thenReturn(change));
        });
    }

    /** All that may refuse it is asked first: a change that is refused has closed nothing of its user's. */
    private Mono<Void> free(Subscription subscription, StripeSubscriptionState snapshot, Change change) {
        UUID request = change.requestId();
        return tries.room(subscription.id(), change.id())
                .then(Mono.defer(() -> nothingIsPlanned(subscription, snapshot, request)))
                .then(Mono.defer(
                        () -> unpaid.close(subscription, change.wanted().planId())))
                .then(Mono.defer(() -> unscheduled.of(subscription, snapshot, request)))
                .then();
    }

    /**
     * It is taken out of its schedule then: what is planned must not be lost by a change that may come to nothing. Our row may not have
     * heard of a plan yet, so Stripe is asked.
     */
    private Mono<Void> nothingIsPlanned(Subscription subscription, StripeSubscriptionState snapshot, UUID request) {
        String schedule = snapshot.scheduleId();
        return schedule == null
                ? Mono.empty()
                : ends.restored(subscription, schedule, snapshot.defaultPaymentMethod(), request)
                        .doOnNext(answer -> StripeProblems.present(answer).ifPresent(SchedulePhases::mustBeNone))
                        .then();
    }

    Mono<Void> stillFree(Subscription locked, Change change) {
        String planId = change.wanted().planId();
        Mono<Void> paid = choice.stillPaid(locked);
        return planId.equals(locked.planId()) ? paid : paid.then(Mono.defer(() -> choice.stillFree(locked, planId)));
    }

    private Change begun(
            UUID id, UUID request, UUID subscriptionId, Change.ChangeTerms wanted, @Nullable Long prorationDate) {
        return new Change(
                id, request, subscriptionId, wanted, prorationDate, Change.Status.ASKED, null, clock.instant(), null);
    }

    private static String id(StripeSubscriptionState.Item item) {
        return Objects.requireNonNull(item.id());
    }
}
