package io.tillstream.subscription.start;

import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.CustomerFacingDecline;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.invoice.InvoiceResponseHandler;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.start.StartResult.Declined;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Timeline;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Asks Stripe for one committed start and keeps what it says. */
@Component
class StartSubmitter {

    private static final String CALL = "POST /v1/subscriptions";

    private final StripeStarts stripe;
    private final SubscriptionTransition settlement;
    private final FirstPayment firstPayment;
    private final UnpaidStartClosure abandoned;
    private final StartRepository begun;
    private final Timeline timeline;
    private final MissingCustomerOrPriceRecovery lost;
    private final InvoiceResponseHandler bills;
    private final Clock clock;

    StartSubmitter(
            StripeStarts stripe,
            SubscriptionTransition settlement,
            FirstPayment firstPayment,
            UnpaidStartClosure abandoned,
            StartRepository begun,
            Timeline timeline,
            MissingCustomerOrPriceRecovery lost,
            InvoiceResponseHandler bills,
            Clock clock) {
        this.stripe = stripe;
        this.settlement = settlement;
        this.firstPayment = firstPayment;
        this.abandoned = abandoned;
        this.begun = begun;
        this.timeline = timeline;
        this.lost = lost;
        this.bills = bills;
        this.clock = clock;
    }

    /**
     * Asks for the first time. If Stripe cannot be asked, the start is taken back and was never there; where its caller
     * was told of it meanwhile, it stays and says why it is over.
     */
    Mono<StartResult> ask(Subscription row, CompensationGuard first) {
        StartParameters wanted = StartParameters.of(row);
        return stripe.create(row, wanted, false)
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                        ? different(row, other.made())
                        : answer.fold(
                                made -> taken(row, made, wanted),
                                no -> declined(row, no),
                                no -> MissingCustomerOrPriceRecovery.isLoss(no) && first.takesBack()
                                        ? lost.makeAnew(row, no).then(Mono.defer(() -> refused(row, no)))
                                        : refused(row, no)))
                .onErrorResume(OutcomeUnknown.class, unknown -> noAnswer(row))
                .onErrorResume(
                        StripeUnavailable.class,
                        away -> first.takesBack()
                                ? begun.takeBack(row)
                                        .flatMap(
                                                gone -> gone ? Mono.error(away) : Mono.just(StartResult.unsettled(row)))
                                : notAsked(row));
    }

    private Mono<StartResult> notAsked(Subscription row) {
        Cause cause = Cause.stripeAnswer(CALL, row.id());
        return settlement
                .failed(row.id(), cause, "stripe-unavailable", "Stripe could not be asked; begin anew.")
                .map(StartResult::unsettled);
    }

    /**
     * What became of a start without an answer. Stripe's list is asked first: to the same key, Stripe repeats an error
     * that it answered the first time, also where it did what it was asked. A key that it may have forgotten is not used again.
     */
    Mono<StartResult> findOut(Subscription row, boolean background) {
        return lookUp(row, background)
                .switchIfEmpty(Mono.defer(() -> StartParameters.mayBeAskedFor(row, clock.instant())
                        ? askAgain(row, background)
                        : Mono.just(StartResult.unsettled(row))));
    }

    /**
     * As {@link #lookUp}, and where Stripe has nothing of it for as long as proves that, it is over, also where it cannot be searched
     * for; empty if it is not known yet.
     */
    Mono<Subscription> lookUpOrNotTaken(Subscription row) {
        return lookUp(row, true, StartParameters.isProvable(row, clock.instant()))
                .map(StartResult::subscription)
                .switchIfEmpty(Mono.defer(() -> abandoned.notTaken(row, clock.instant())));
    }

    /** Empty where Stripe has nothing of it; errors where Stripe does not say so. */
    private Mono<StartResult> lookUp(Subscription row, boolean background) {
        return lookUp(row, background, false);
    }

    private Mono<StartResult> lookUp(Subscription row, boolean background, boolean mayBeUnsearched) {
        StartParameters wanted = StartParameters.of(row);
        return stripe.lookUp(row, wanted.customerId(), mayBeUnsearched).flatMap(found -> abandoned
                .isToBeUndone(row)
                .flatMap(undone -> undone ? different(row, found) : found(row, found, wanted, background)));
    }

    /** What was found to be made otherwise stays so, though it was changed since, or Stripe has forgotten its answer. */
    private Mono<StartResult> found(Subscription row, JsonNode found, StartParameters wanted, boolean background) {
        return StripeStarts.isAskedFor(wanted, found) || !StartParameters.mayBeAskedFor(row, clock.instant())
                ? read(row, id(found), wanted)
                : asMade(row, id(found), wanted, background);
    }

    /**
     * Something else was made, or it was changed since: Stripe's answer to the start tells, which it repeats for its key. Where
     * it repeats a failure that is not known, and what is found is kept. That the key is another request's, as after a release
     * that asks for more, proves nothing either, and is asked again until the key is forgotten.
     */
    private Mono<StartResult> asMade(Subscription row, String stripeId, StartParameters wanted, boolean background) {
        return stripe.create(row, wanted, background)
                .onErrorResume(
                        fault -> fault instanceof OutcomeUnknown unknown && unknown.isReplayed(),
                        failed -> Mono.empty())
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                        ? different(row, other.made())
                        : Mono.<StartResult>empty())
                .switchIfEmpty(Mono.defer(() -> read(row, stripeId, wanted)));
    }

    /**
     * Asks once more with the same key, for want of an answer. What Stripe answers then is what it answered the first
     * time, so the subscription is read anew.
     */
    private Mono<StartResult> askAgain(Subscription row, boolean background) {
        StartParameters wanted = StartParameters.of(row);
        return stripe.create(row, wanted, background)
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                        ? different(row, other.made())
                        : answer.fold(
                                made -> read(row, id(made), wanted), no -> declined(row, no), no -> refused(row, no)))
                .onErrorResume(
                        OutcomeUnknown.class,
                        unknown -> unknown.isReplayed() ? afterKeptFailure(row, background) : noAnswer(row))
                .onErrorReturn(StripeUnavailable.class, StartResult.unsettled(row));
    }

    /**
     * Stripe only repeats a failure that it keeps for the key: that request is over, so its list tells what came of it.
     * What is not there was not begun, and stands in nobody's way for the day that the key is kept.
     */
    private Mono<StartResult> afterKeptFailure(Subscription row, boolean background) {
        Cause cause = Cause.question("GET /v1/subscriptions", row.id());
        return lookUp(row, background)
                .switchIfEmpty(Mono.defer(() ->
                        settlement.failed(row.id(), cause, "not-taken", null).map(StartResult::unsettled)));
    }

    private Mono<StartResult> read(Subscription row, String stripeId, StartParameters wanted) {
        return stripe.begun(wanted, stripeId)
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                        ? different(row, other.made())
                        : Mono.justOrEmpty(StripeProblems.present(answer)).flatMap(now -> taken(row, now, wanted)));
    }

    private Mono<StartResult> different(Subscription row, JsonNode made) {
        return abandoned.undo(row, made).then(Mono.error(StripeProblems::differs));
    }

    /** How a start stands that Stripe knows, with what the browser needs to go on. */
    Mono<StartResult> read(Subscription known) {
        return stripe.subscription(Objects.requireNonNull(known.stripeId()))
                .switchIfEmpty(Mono.error(() -> Problem.conflict("subscription-ended", "The subscription is over.")))
                .flatMap(now -> taken(known, now, StartParameters.of(known)));
    }

    private Mono<StartResult> taken(Subscription row, JsonNode made, StartParameters wanted) {
        Cause cause = Cause.stripeAnswer(CALL, row.id());
        return settlement
                .answered(row, cause, StripeSubscriptionState.of(made))
                .flatMap(kept -> bills.taken(kept, made.get("latest_invoice"), cause))
                .flatMap(now -> {
                    boolean mayBeDeclined =
                            wanted.paymentMethodId() != null && now.status() == SubscriptionStatus.INCOMPLETE;
                    return mayBeDeclined
                            ? firstPayment
                                    .declined(made)
                                    .flatMap(why -> over(now, why))
                                    .switchIfEmpty(
                                            Mono.fromSupplier(() -> StartResult.of(now, FirstPayment.secret(made))))
                            : Mono.just(StartResult.of(now, FirstPayment.secret(made)));
                });
    }

    /** The user sees the card declined and nothing else: what Stripe keeps open for another card is closed. */
    private Mono<StartResult> over(Subscription now, Declined why) {
        return abandoned
                .close(now)
                .map(closed -> closed.isLive() ? StartResult.of(closed, null) : StartResult.declined(closed, why));
    }

    private Mono<StartResult> declined(Subscription row, StripeResult.Declined<JsonNode> no) {
        var why = new Declined(no.code(), no.declineCode(), no.message(), no.retryable());
        return settlement
                .failed(
                        row.id(),
                        Cause.stripeAnswer(CALL, row.id()),
                        CustomerFacingDecline.code(no.code()),
                        no.message())
                .map(failed -> StartResult.declined(failed, why));
    }

    private Mono<StartResult> refused(Subscription row, StripeResult.Refused<JsonNode> no) {
        stripe.alarmIfOurs(StripeStarts.CREATE, no);
        return settlement
                .failed(row.id(), Cause.stripeAnswer(CALL, row.id()), no.code(), null)
                .then(Mono.error(StartRefusals.of(no)));
    }

    private Mono<StartResult> noAnswer(Subscription row) {
        return begun.noted(timeline.called(row.id(), CALL, row.id().toString(), "unknown", "Stripe did not answer"))
                .thenReturn(StartResult.unsettled(row));
    }

    private static String id(JsonNode made) {
        String id = StripeJson.text(made, "id");
        if (id == null) {
            throw Problem.unavailable("Stripe's answer cannot be read.", Duration.ofSeconds(5));
        }
        return id;
    }
}
