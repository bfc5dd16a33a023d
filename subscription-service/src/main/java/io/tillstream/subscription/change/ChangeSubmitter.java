package io.tillstream.subscription.change;

import com.stripe.param.SubscriptionUpdateParams;
import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.catalog.PriceMissingAtStripeException;
import io.tillstream.subscription.invoice.InvoiceResponseHandler;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Timeline;
import io.tillstream.web.Problem;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Asks Stripe for one committed change and keeps what it says. */
@Component
class ChangeSubmitter {

    private static final String CALL = "subscription.change";
    private static final String NOT_TAKEN = "not_taken";
    private static final String REVOKED = "revoked";

    /** In force at once, or once it is paid. */
    private static final String PRICE = "items.data.*.price|pending_update.subscription_items.*.price";

    private final StripeSubscriptions stripe;
    private final SubscriptionTransition settlement;
    private final Changes changes;
    private final ChangePaymentDetails howToPay;
    private final Timeline timeline;
    private final Transactions transactions;
    private final InvoiceResponseHandler bills;

    ChangeSubmitter(
            StripeSubscriptions stripe,
            SubscriptionTransition settlement,
            Changes changes,
            ChangePaymentDetails howToPay,
            Timeline timeline,
            Transactions transactions,
            InvoiceResponseHandler bills) {
        this.stripe = stripe;
        this.settlement = settlement;
        this.changes = changes;
        this.howToPay = howToPay;
        this.timeline = timeline;
        this.transactions = transactions;
        this.bills = bills;
    }

    /**
     * Asks for the first time. Where the card was declined the old plan stays in force, and the new one can still be
     * paid. If Stripe cannot be asked, the change is taken back and was never there: a quote is as good as before. Where
     * its caller was told of it meanwhile, it stays and says why it is over.
     */
    Mono<SubscriptionChangeResult> ask(Subscription subscription, Change change, CompensationGuard word) {
        return keep(
                subscription,
                change,
                update(subscription, change, false).onErrorResume(StripeUnavailable.class, away -> undone(change, word)
                        .then(Mono.error(away))));
    }

    private Mono<Void> undone(Change change, CompensationGuard word) {
        return word.takesBack()
                ? transactions.run(changes.takeBack(change)).then()
                : refuse(change, "stripe_unavailable");
    }

    /** The same change is the same request for Stripe, however often it is asked; with a price anew it is another. */
    Mono<SubscriptionChangeResult> askAgain(Subscription subscription, Change change, boolean background) {
        return keep(subscription, change, update(subscription, change, background));
    }

    private Mono<StripeResult<JsonNode>> update(Subscription subscription, Change change, boolean background) {
        String stripeId = Objects.requireNonNull(subscription.stripeId());
        String key = change.id() + ":" + change.wanted().priceId();
        ExpectedValues asked = ExpectedValues.of("id", stripeId)
                .and("currency", subscription.terms().currency())
                .and(PRICE, change.wanted().priceId());
        return stripe.change(CALL, key, stripeId, params(change), background, asked);
    }

    private Mono<SubscriptionChangeResult> keep(
            Subscription subscription, Change change, Mono<StripeResult<JsonNode>> asked) {
        return asked.flatMap(answer -> answer instanceof StripeResult.Different
                        ? different(subscription, change)
                        : answer.fold(
                                object -> taken(subscription, change, object),
                                no -> declined(subscription, change, no),
                                no -> refused(change, no)))
                .onErrorResume(
                        OutcomeUnknown.class,
                        unknown -> unknown.isReplayed()
                                ? afterKeptFailure(subscription, change)
                                : lookUp(subscription, change));
    }

    /**
     * Stripe only repeats a failure that it keeps for the key: that request is over, so the subscription shows what it did.
     * What is not there was not done, and another change need not wait for it.
     */
    private Mono<SubscriptionChangeResult> afterKeptFailure(Subscription subscription, Change change) {
        return lookUp(subscription, change, change::isIn)
                .flatMap(found -> found.settled()
                        ? Mono.just(found)
                        : refuse(change, NOT_TAKEN).then(Mono.error(refused(NOT_TAKEN))));
    }

    /** Only what Stripe takes together with an update that waits for its payment: no metadata, for instance. */
    private static SubscriptionUpdateParams params(Change change) {
        var params = SubscriptionUpdateParams.builder()
                .addItem(SubscriptionUpdateParams.Item.builder()
                        .setId(change.wanted().itemId())
                        .setPrice(change.wanted().priceId())
                        .setQuantity((long) change.wanted().quantity())
                        .build())
                .setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.ALWAYS_INVOICE)
                .setPaymentBehavior(SubscriptionUpdateParams.PaymentBehavior.PENDING_IF_INCOMPLETE)
                .addExpand(ChangePaymentDetails.SECRET)
                .addExpand(ChangePaymentDetails.PAYMENTS);
        if (change.prorationDate() != null) {
            params.setProrationDate(change.prorationDate());
        }
        return params.build();
    }

    /** What it gave as credit is known before it is over: until then nothing of the period is given back. */
    private Mono<SubscriptionChangeResult> taken(Subscription subscription, Change change, JsonNode object) {
        Cause cause = Cause.stripeAnswer(CALL, change.id());
        return settlement
                .answered(subscription, cause, StripeSubscriptionState.of(object))
                .flatMap(now -> bills.taken(now, object.get("latest_invoice"), cause))
                .flatMap(now -> done(now, change, null))
                .flatMap(now -> shown(now, object.get("latest_invoice")));
    }

    /** How a change stands that Stripe has taken. */
    Mono<SubscriptionChangeResult> shown(Subscription subscription) {
        return shown(subscription, null);
    }

    private Mono<SubscriptionChangeResult> shown(Subscription subscription, @Nullable JsonNode invoice) {
        if (subscription.pending() == null) {
            return Mono.just(SubscriptionChangeResult.done(subscription));
        }
        String invoiceId = subscription.billing().latestInvoiceId();
        Mono<ChangePaymentDetails.ToPay> toPay = invoice != null && invoice.isObject()
                ? howToPay.of(invoice)
                : invoiceId == null ? Mono.empty() : howToPay.ofInvoice(invoiceId);
        return toPay.map(open -> new SubscriptionChangeResult(subscription, true, open, open.failure()))
                .defaultIfEmpty(SubscriptionChangeResult.done(subscription));
    }

    private Mono<SubscriptionChangeResult> declined(
            Subscription subscription, Change change, StripeResult.Declined<?> no) {
        return settlement
                .refresh(subscription.id(), Cause.question(CALL, change.id()))
                .flatMap(now -> done(now, change, no.code()))
                .map(now -> new SubscriptionChangeResult(now, true, null, ChangePaymentDetails.Failure.of(no)));
    }

    /** Stripe has made another change: it is shown as Stripe has it, and a person has to look. */
    private Mono<SubscriptionChangeResult> different(Subscription subscription, Change change) {
        return settlement
                .refresh(subscription.id(), Cause.question(CALL, change.id()))
                .then(refuse(change, StripeResult.Different.CODE))
                .then(Mono.error(StripeProblems::differs));
    }

    private Mono<SubscriptionChangeResult> refused(Change change, StripeResult.Refused<?> no) {
        Mono<SubscriptionChangeResult> over = Mono.defer(
                () -> refuse(change, no.code()).then(Mono.error(StripeProblems.told(no, refused(no.code())))));
        return PriceMissingAtStripeException.isTold(no)
                ? transactions
                        .run(changes.takeBack(change))
                        .flatMap(gone -> gone
                                ? Mono.error(new PriceMissingAtStripeException(
                                        change.wanted().planId()))
                                : over)
                : over;
    }

    static Problem refused(@Nullable String code) {
        return Problem.conflict(
                "change-refused",
                REVOKED.equals(code)
                        ? "This change was taken back."
                        : "Stripe does not allow this change: " + code + ".");
    }

    /** Nobody knows what became of the question, and its call may come yet, but the subscription may show it. */
    Mono<SubscriptionChangeResult> lookUp(Subscription subscription, Change change) {
        return lookUp(subscription, change, snapshot -> change.isSurelyIn(snapshot, subscription));
    }

    private Mono<SubscriptionChangeResult> lookUp(
            Subscription subscription, Change change, Predicate<StripeSubscriptionState> isDone) {
        Cause cause = Cause.question(CALL, change.id());
        return stripe.read(subscription)
                .filter(isDone)
                .flatMap(snapshot -> settlement.answered(subscription, cause, snapshot))
                .flatMap(bills::newest)
                .flatMap(now -> done(now, change, null))
                .flatMap(this::shown)
                .defaultIfEmpty(SubscriptionChangeResult.unknown(subscription));
    }

    /**
     * What became of a change that Stripe was asked for long ago: the subscription shows it, or it was not taken. One
     * whose subscription is gone comes to nothing.
     */
    Mono<Void> conclude(Subscription subscription, Change change) {
        Cause cause = Cause.question(CALL, change.id());
        return stripe.find(subscription).flatMap(found -> {
            if (found.isEmpty()) {
                return refuse(change, "subscription_missing");
            }
            return change.isIn(found.get())
                    ? settlement
                            .answered(subscription, cause, found.get())
                            .flatMap(bills::newest)
                            .flatMap(now -> done(now, change, null))
                            .then()
                    : refuse(change, change.withdrawnAt() == null ? NOT_TAKEN : REVOKED);
        });
    }

    /** Its user took it back, and Stripe has forgotten it. */
    Mono<Void> revoked(Change change) {
        return refuse(change, REVOKED);
    }

    private Mono<Void> refuse(Change change, String why) {
        return transactions.run(changes.finish(change, Change.Status.REFUSED, why, false)
                .then(timeline.called(change.subscriptionId(), CALL, change.id().toString(), "refused", why)));
    }

    private Mono<Subscription> done(Subscription now, Change change, @Nullable String why) {
        return transactions
                .run(changes.finish(change, Change.Status.DONE, why, now.pending() != null))
                .thenReturn(now);
    }
}
