package io.tillstream.subscription.start;

import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.invoice.InvoiceResponseHandler;
import io.tillstream.subscription.moneyback.StartRefunds;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import java.time.Instant;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Starts that nobody paid for. Whoever comes back to a plan wants to begin now, not in 23 hours when Stripe gives the old
 * start up: one that asks for the same is gone on with, any other is closed at Stripe before the next begins. And one
 * whose page is open can be canceled.
 */
@Component
public class UnpaidStartClosure {

    private static final String REPLACED = "replaced";
    private static final String CANCELED = "canceled";

    private final StripeStarts stripe;
    private final SubscriptionTransition settlement;
    private final StartRefunds refunds;
    private final InvoiceResponseHandler bills;

    UnpaidStartClosure(
            StripeStarts stripe,
            SubscriptionTransition settlement,
            StartRefunds refunds,
            InvoiceResponseHandler bills) {
        this.stripe = stripe;
        this.settlement = settlement;
        this.refunds = refunds;
        this.bills = bills;
    }

    /** Whether its user ended it before it began. */
    public static boolean isCanceled(Subscription start) {
        return start.status() == SubscriptionStatus.FAILED
                && CANCELED.equals(start.start().failureCode());
    }

    /** The user wants it no more: nobody can pay on its page from then on, unless they just did. */
    public Mono<Subscription> cancel(Subscription onPage) {
        return closePage(onPage, CANCELED);
    }

    /** The subscription as it is then: over, or paid in the last moment. */
    public Mono<Subscription> close(Subscription live) {
        return live.isOnPage() ? closePage(live, REPLACED) : closeInvoice(live);
    }

    private Mono<Subscription> closePage(Subscription live, String why) {
        String session = String.valueOf(live.names().checkoutSessionId());
        Cause cause = Cause.stripeAnswer("POST /v1/checkout/sessions/{id}/expire", session);
        return stripe.closeSession(session)
                .flatMap(answer -> answer.fold(
                        closed -> settlement.failed(live.id(), cause, why, null),
                        no -> ofPage(live, session),
                        no -> ofPage(live, session)));
    }

    /** Stripe lists nothing of it, and nobody can be asking for it any more: that is a proof. Else empty. */
    Mono<Subscription> notTaken(Subscription start, Instant now) {
        return StartParameters.isProvable(start, now)
                ? settlement.failed(start.id(), Cause.question("GET /v1/subscriptions", start.id()), "not-taken", null)
                : Mono.empty();
    }

    /** What became of a page: paid, over, or still open. Where Stripe has it no more, nobody can pay on it. */
    Mono<Subscription> ofPage(Subscription live, String session) {
        Cause cause = Cause.question("GET /v1/checkout/sessions/{id}", session);
        return stripe.session(session)
                .flatMap(now -> ofPage(live, session, now))
                .switchIfEmpty(Mono.defer(() -> settlement.failed(live.id(), cause, "checkout-missing", null)));
    }

    Mono<Subscription> ofPage(Subscription live, String session, JsonNode now) {
        Cause cause = Cause.question("GET /v1/checkout/sessions/{id}", session);
        String subscription = StripeJson.id(now, "subscription");
        if (subscription != null) {
            return stripe.begun(StartParameters.of(live), subscription)
                    .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                            ? undo(live, other.made())
                            : Mono.justOrEmpty(StripeProblems.present(answer))
                                    .flatMap(made -> settlement.answered(live, cause, StripeSubscriptionState.of(made)))
                                    .flatMap(this::withPayment))
                    .switchIfEmpty(Mono.defer(() -> settlement.failed(live.id(), cause, "subscription-missing", null)));
        }
        return "expired".equals(StripeJson.text(now, "status"))
                ? settlement.failed(live.id(), cause, "checkout-expired", null)
                : Mono.just(live);
    }

    /**
     * First the invoice, as one that was just paid cannot be voided and its subscription runs. Voiding ends the start; if
     * it does not, it can be canceled then, as nobody can pay any more.
     */
    private Mono<Subscription> closeInvoice(Subscription live) {
        String invoice = live.billing().latestInvoiceId();
        String stripeId = String.valueOf(live.stripeId());
        Cause cause = Cause.question("GET /v1/subscriptions/{id}", stripeId);
        if (invoice == null) {
            return settlement.refresh(live.id(), cause);
        }
        return stripe.voidInvoice(invoice).flatMap(answer -> {
            boolean voided = answer.fold(done -> true, no -> false, no -> false);
            return settlement
                    .refresh(live.id(), cause)
                    .flatMap(this::withPayment)
                    .flatMap(now -> voided && now.status() == SubscriptionStatus.INCOMPLETE
                            ? cancel(now, stripeId)
                            : Mono.just(now));
        });
    }

    /** Who paid in the last moment is told that it runs, and may use it: neither waits for the event of the payment. */
    private Mono<Subscription> withPayment(Subscription now) {
        return now.isPaymentUnheardOf() ? bills.newest(now) : Mono.just(now);
    }

    /** Whether it was found to be something else than was asked for, and that is not undone yet. */
    Mono<Boolean> isToBeUndone(Subscription row) {
        return refunds.has(row.id());
    }

    /**
     * Stripe has begun something else than was asked for, in another currency perhaps: that is kept, it ends there at once, and
     * what was paid for it goes back. Only then the start is over; until then the sweep comes back to it.
     */
    Mono<Subscription> undo(Subscription row, JsonNode made) {
        String stripeId = String.valueOf(StripeJson.text(made, "id"));
        String invoice = StripeJson.id(made, "latest_invoice");
        Mono<Void> ended = invoice == null
                ? ended(stripeId)
                : refunds.keep(row, made, invoice)
                        .then(stripe.voidInvoice(invoice))
                        .then(ended(stripeId))
                        .then(refunds.giveBack(row, made, invoice));
        return ended.onErrorMap(StripeUnavailable.class, away -> new OutcomeUnknown("not undone yet", away))
                .then(Mono.defer(() -> settlement.failed(
                        row.id(),
                        Cause.stripeAnswer("POST /v1/subscriptions", row.id()),
                        Subscription.ANSWER_DIFFERS,
                        null)));
    }

    /** A no to the cancel says nothing: it may be over by now, or go on and be billed for ever. */
    private Mono<Void> ended(String stripeId) {
        return Mono.defer(() -> stripe.cancel(stripeId))
                .flatMap(answer ->
                        answer.fold(done -> Mono.<Void>empty(), no -> isOver(stripeId), no -> isOver(stripeId)));
    }

    private Mono<Void> isOver(String stripeId) {
        return stripe.subscription(stripeId)
                .map(StripeSubscriptionState::of)
                .filter(now -> now.status() == null || !now.status().isOver())
                .flatMap(goesOn -> Mono.error(new OutcomeUnknown("not canceled yet", null)));
    }

    /** The same of a page that nobody may pay on. */
    Mono<Subscription> undoPage(Subscription row, JsonNode page) {
        String session = String.valueOf(StripeJson.text(page, "id"));
        Cause cause = Cause.stripeAnswer("POST /v1/checkout/sessions", row.id());
        return stripe.closeSession(session)
                .flatMap(answer -> answer.fold(
                        closed -> settlement.failed(row.id(), cause, Subscription.ANSWER_DIFFERS, null),
                        no -> ofPage(row, session),
                        no -> ofPage(row, session)))
                .onErrorMap(StripeUnavailable.class, away -> new OutcomeUnknown("not closed yet", away));
    }

    private Mono<Subscription> cancel(Subscription live, String stripeId) {
        Cause cause = Cause.stripeAnswer("DELETE /v1/subscriptions/{id}", stripeId);
        return stripe.cancel(stripeId)
                .flatMap(answer -> answer.fold(
                        done -> settlement.answered(live, cause, StripeSubscriptionState.of(done)),
                        no -> settlement.refresh(live.id(), cause),
                        no -> settlement.refresh(live.id(), cause)));
    }
}
