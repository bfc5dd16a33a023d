package io.tillstream.subscription.start;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.start.StartJson.Session;
import io.tillstream.subscription.start.StartJson.StartCommand;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Beginning a subscription on a page of Stripe's: the row waits as starting until the page is paid or expires. */
@Component
class CheckoutFlow {

    private static final String CALL = "POST /v1/checkout/sessions";
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofSeconds(10); // the gateway waits 15 s

    /** Stripe tells that a page expired; asked about only if that does not come. */
    private static final Duration AFTER_EXPIRY = Duration.ofMinutes(10);

    private final Subscriptions subscriptions;
    private final StartFlow starts;
    private final UnpaidStartClosure abandoned;
    private final StartRepository begun;
    private final StartSubmitter asking;
    private final StripeStarts stripe;
    private final SubscriptionTransition settlement;
    private final Clock clock;
    private final MissingCustomerOrPriceRecovery lost;

    CheckoutFlow(
            Subscriptions subscriptions,
            StartFlow starts,
            UnpaidStartClosure abandoned,
            StartRepository begun,
            StartSubmitter asking,
            StripeStarts stripe,
            SubscriptionTransition settlement,
            Clock clock,
            MissingCustomerOrPriceRecovery lost) {
        this.subscriptions = subscriptions;
        this.starts = starts;
        this.abandoned = abandoned;
        this.begun = begun;
        this.asking = asking;
        this.stripe = stripe;
        this.settlement = settlement;
        this.clock = clock;
        this.lost = lost;
    }

    /** Opens the page; the one before is closed. The same key gives the same page. */
    Mono<Session> open(String userId, UUID id, StartCommand wish) {
        Mono<Session> opened = subscriptions
                .find(id, userId)
                .flatMap(this::again)
                .switchIfEmpty(Mono.defer(() -> first(userId, id, wish)
                        .onErrorResume(
                                MissingCustomerOrPriceRecovery.MadeAnew.class, anew -> first(userId, id, wish))));
        return Transactions.shield(opened)
                .timeout(LONGEST)
                .onErrorMap(StripeUnavailable.class, StartFlow::unavailable)
                .onErrorMap(MissingCustomerOrPriceRecovery.MadeAnew.class, StartFlow::lostAgain)
                .onErrorMap(e -> e instanceof OutcomeUnknown || e instanceof TimeoutException, CheckoutFlow::later);
    }

    private Mono<Session> first(String userId, UUID id, StartCommand wish) {
        return starts.cleared(userId, wish)
                .transform(StartFlow::soon)
                .flatMap(way -> starts.begin(userId, id, way.wanted()))
                .flatMap(row -> ask(row, false).onErrorResume(StripeUnavailable.class, away -> begun.takeBack(row)
                        .then(Mono.error(away))));
    }

    private Mono<Session> again(Subscription row) {
        if (row.status() == SubscriptionStatus.FAILED) {
            return Mono.error(StartRefusals.failed(row));
        }
        if (row.status() != SubscriptionStatus.STARTING) {
            return Mono.error(StartRefusals.alreadyLive(row));
        }
        String session = row.names().checkoutSessionId();
        return session == null
                ? begun.askedAgain(row).then(Mono.defer(() -> openAgain(row)))
                : stripe.session(session).map(now -> Session.of(row, now)).switchIfEmpty(Mono.defer(() -> abandoned
                        .ofPage(row, session)
                        .flatMap(over -> Mono.error(StartRefusals.failed(over)))));
    }

    /** To a key that Stripe may have forgotten it would open a second page beside the first, and both could be paid. */
    private Mono<Session> openAgain(Subscription row) {
        return StartParameters.mayBeAskedFor(row, clock.instant())
                ? askOnceMore(row, false)
                : lookUpForgotten(row)
                        .filter(now -> now.status() != SubscriptionStatus.STARTING
                                || now.names().checkoutSessionId() != null)
                        .flatMap(this::again)
                        .switchIfEmpty(Mono.error(() -> new OutcomeUnknown("may be on its way yet", null)));
    }

    /** Asked again with the same key, Stripe answers as it did the first time, so the page is read anew. */
    Mono<Session> ask(Subscription row, boolean background) {
        StartParameters wanted = StartParameters.of(row);
        var page = Objects.requireNonNull(wanted.page());
        return kept(row, stripe.openSession(row, wanted, page, background), background)
                .onErrorResume(
                        OutcomeUnknown.class,
                        unknown -> unknown.isReplayed()
                                ? afterKeptFailure(row, wanted, page, background)
                                : Mono.error(unknown));
    }

    private Mono<Session> askOnceMore(Subscription row, boolean background) {
        return ask(row, background)
                .onErrorResume(OutcomeUnknown.class, unknown -> listed(row, StartParameters.of(row), background)
                        .switchIfEmpty(Mono.error(unknown)));
    }

    /**
     * What Stripe lists of it: also where a release before this one asked with the same key, in other words, and its answer was
     * lost. Empty while the request may be under way.
     */
    private Mono<Session> listed(Subscription row, StartParameters wanted, boolean background) {
        return stripe.lookUpSession(row, wanted.customerId())
                .flatMap(found -> stripe.session(wanted, String.valueOf(StripeJson.text(found, "id"))))
                .flatMap(answer -> kept(row, Mono.just(answer), background));
    }

    /**
     * Stripe only repeats a failure that it keeps for the key: that request is over, so its list tells whether it opened a
     * page. If it did not, another key opens one.
     */
    private Mono<Session> afterKeptFailure(
            Subscription row, StartParameters wanted, StartParameters.StripePage page, boolean background) {
        return listed(row, wanted, background)
                .switchIfEmpty(Mono.defer(() -> kept(row, stripe.openSessionAnew(row, wanted, page), background)));
    }

    private Mono<Session> kept(Subscription row, Mono<StripeResult<JsonNode>> opened, boolean background) {
        return opened.flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                ? abandoned.undoPage(row, other.made()).then(Mono.error(StripeProblems::differs))
                : answer.fold(
                        made -> keep(row, made),
                        no -> refused(row, no.code(), StripeProblems.declined(no)),
                        no -> refused(row, no, background)));
    }

    private Mono<Session> keep(Subscription row, JsonNode made) {
        Instant expires = StripeSubscriptionState.time(made, "expires_at");
        Instant askAt = (expires == null ? clock.instant() : expires).plus(AFTER_EXPIRY);
        return begun.onPage(row.id(), Objects.requireNonNull(StripeJson.text(made, "id")), askAt)
                .map(now -> Session.of(now, made));
    }

    /** What is lost is made anew for whoever waits, and for nobody else: who was deleted meanwhile stays deleted. */
    private Mono<Session> refused(Subscription row, StripeResult.Refused<JsonNode> no, boolean background) {
        Mono<Session> failed = Mono.defer(() -> {
            stripe.alarmIfOurs(StripeStarts.OPEN, no);
            return refused(row, no.code(), StartRefusals.of(no));
        });
        return MissingCustomerOrPriceRecovery.isLoss(no) && !background
                ? lost.makeAnew(row, no).then(failed)
                : failed;
    }

    private Mono<Session> refused(Subscription row, String code, Problem why) {
        return settlement
                .failed(row.id(), Cause.stripeAnswer(CALL, row.id()), code, null)
                .then(Mono.error(why));
    }

    /** What became of a start on a page, when nobody waits; empty where that is not known yet. */
    Mono<Subscription> findOut(Subscription row) {
        String session = row.names().checkoutSessionId();
        if (session != null) {
            return abandoned.ofPage(row, session);
        }
        return StartParameters.mayBeAskedFor(row, clock.instant())
                ? askOnceMore(row, true)
                        .flatMap(asked -> stripe.session(asked.id()))
                        .flatMap(now -> abandoned.ofPage(row, String.valueOf(StripeJson.text(now, "id")), now))
                : lookUpForgotten(row);
    }

    /** A page whose opening was never answered may be open, or paid: Stripe's list tells. Empty if nothing is proven yet. */
    private Mono<Subscription> lookUpForgotten(Subscription row) {
        StartParameters wanted = StartParameters.of(row);
        return stripe.lookUpSession(row, wanted.customerId())
                .flatMap(found -> stripe.session(wanted, String.valueOf(StripeJson.text(found, "id"))))
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                        ? abandoned.undoPage(row, other.made())
                        : Mono.justOrEmpty(StripeProblems.present(answer)).flatMap(found -> found(row, found)))
                .switchIfEmpty(Mono.defer(() -> asking.lookUpOrNotTaken(row)));
    }

    private Mono<Subscription> found(Subscription row, JsonNode page) {
        return keep(row, page)
                .flatMap(kept -> subscriptions.find(row.id()))
                .flatMap(kept -> abandoned.ofPage(kept, String.valueOf(StripeJson.text(page, "id")), page));
    }

    private static Problem later(Throwable unknown) {
        return Problem.unavailable("The page is not there yet; ask again with the same key.", SOON)
                .causedBy(unknown);
    }
}
