package io.tillstream.subscription.invoice;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.access.EntitlementTransition;
import io.tillstream.subscription.answers.CardRefusals;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.customer.StripeCustomers;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.PaymentTries;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * A user pays an open invoice now. What Stripe answers decides; without an answer the invoice's events do, and the same request
 * is the same payment for Stripe.
 */
@Component
class InvoicePaymentFlow {

    private static final String CALL = "invoice.pay";
    private static final String CHANGE = "subscription_update"; // Stripe's billing reason
    private static final String ASKS_ITS_OWNER = "invoice_payment_intent_requires_action";
    private static final Duration LONGEST = Duration.ofSeconds(10); // a service answers within 12 s

    private final OwnInvoiceReader invoices;
    private final Subscriptions subscriptions;
    private final PaymentTries tries;
    private final EntitlementTransition access;
    private final StripeInvoices stripe;
    private final StripeCustomers customers;
    private final InvoiceTransition settlement;
    private final Transactions transactions;

    InvoicePaymentFlow(
            OwnInvoiceReader invoices,
            Subscriptions subscriptions,
            PaymentTries tries,
            EntitlementTransition access,
            StripeInvoices stripe,
            StripeCustomers customers,
            InvoiceTransition settlement,
            Transactions transactions) {
        this.invoices = invoices;
        this.subscriptions = subscriptions;
        this.tries = tries;
        this.access = access;
        this.stripe = stripe;
        this.customers = customers;
        this.settlement = settlement;
        this.transactions = transactions;
    }

    /** {@code paymentMethodId} null: whatever card pays the subscription. */
    record PayCommand(
            String userId,
            String invoiceId,
            UUID request,
            @Nullable String paymentMethodId) {}

    /** {@code settled} is false where Stripe has not answered: news will come. */
    record Result(InvoiceJson.Shown invoice, boolean settled) {}

    Mono<Result> pay(PayCommand wish) {
        return invoices.find(wish.invoiceId(), wish.userId()).flatMap(invoice -> subscriptions
                .find(invoice.subscriptionId())
                .flatMap(subscription -> pay(wish, invoice, subscription)));
    }

    private Mono<Result> pay(PayCommand wish, Invoice invoice, Subscription subscription) {
        check(invoice, subscription);
        Mono<Result> asIs =
                Mono.defer(() -> invoices.now(invoice)).map(known -> new Result(InvoiceJson.Shown.of(known), false));
        Mono<Result> paid = ownCard(wish, subscription)
                .then(Mono.defer(() -> begin(wish, invoice, subscription)))
                .flatMap(counted -> ask(wish, invoice, counted));
        return Transactions.shield(paid)
                .timeout(LONGEST, asIs)
                .onErrorResume(OutcomeUnknown.class, unknown -> asIs)
                .onErrorMap(
                        StripeUnavailable.class,
                        away -> Problem.unavailable("Stripe cannot be asked now.", away.retryAfter()));
    }

    /** Nothing is taken for what is paid, not owed, or gives nothing any more. */
    private static void check(Invoice invoice, Subscription subscription) {
        if (invoice.status() == InvoiceStatus.PAID) {
            throw paid();
        }
        if (!invoice.isOwed()) {
            throw notOpen();
        }
        if (subscription.status().isOver()) {
            throw Problem.conflict("subscription-ended", "The subscription is over: paying would give nothing.");
        }
    }

    private static Problem notOpen() {
        return Problem.conflict("invoice-not-open", "The invoice is not to be paid.");
    }

    private Mono<Void> ownCard(PayCommand wish, Subscription subscription) {
        String card = wish.paymentMethodId();
        return card == null
                ? Mono.empty()
                : customers
                        .hasCard(String.valueOf(subscription.stripeCustomerId()), card)
                        .flatMap(own -> own ? Mono.empty() : Mono.error(CardRefusals.notTheirs()));
    }

    /** Else a tester of stolen cards has one charge on the shop's account for each key. False: it counted before. */
    private Mono<Boolean> begin(PayCommand wish, Invoice invoice, Subscription subscription) {
        return transactions.run(subscriptions
                .lock(subscription.id())
                .flatMap(locked -> mustBePaid(locked, invoice))
                .then(Mono.defer(() -> tries.begin(subscription.id(), wish.request()))));
    }

    /** A change that waits for its payment credits the running period: what went back of that would be had twice. */
    private Mono<Void> mustBePaid(Subscription locked, Invoice invoice) {
        boolean isOfChange =
                locked.pending() != null && CHANGE.equals(invoice.bill().billingReason());
        return isOfChange
                ? access.isPaid(locked).flatMap(paid -> paid ? Mono.empty() : Mono.error(periodNotPaid()))
                : Mono.empty();
    }

    private static Problem periodNotPaid() {
        return Problem.conflict(
                "period-not-paid", "Money of the running period went back: change at its end (period_end).");
    }

    private Mono<Result> ask(PayCommand wish, Invoice invoice, boolean counted) {
        Mono<StripeResult<JsonNode>> asked = stripe.pay(invoice, wish.paymentMethodId(), wish.request())
                .onErrorResume(StripeUnavailable.class, away -> (counted ? takeBack(wish) : Mono.<Void>empty())
                        .then(Mono.error(away)));
        return answered(wish, invoice, asked)
                .onErrorResume(
                        OutcomeUnknown.class,
                        unknown -> unknown.isReplayed() ? afterKeptFailure(wish, invoice) : Mono.error(unknown));
    }

    private Mono<Void> takeBack(PayCommand wish) {
        return transactions
                .run(tries.takeBack(wish.request()).thenReturn(true))
                .onErrorComplete()
                .then();
    }

    /**
     * Stripe only repeats a failure that it keeps for the key: that request is over, so the invoice shows what it did. Where
     * it is open still, another key pays it; Stripe takes no invoice's money twice. One that is void by now is not paid.
     */
    private Mono<Result> afterKeptFailure(PayCommand wish, Invoice invoice) {
        return known(wish, invoice).flatMap(now -> {
            if (now.status() == InvoiceStatus.PAID) {
                return Mono.just(new Result(InvoiceJson.Shown.of(now), true));
            }
            return now.isOwed()
                    ? answered(
                            wish,
                            now,
                            stripe.pay(now, wish.paymentMethodId(), wish.request() + ":" + UUID.randomUUID()))
                    : Mono.error(notOpen());
        });
    }

    private Mono<Result> answered(PayCommand wish, Invoice invoice, Mono<StripeResult<JsonNode>> asked) {
        return asked.flatMap(answer -> answer.fold(
                now -> learned(wish, invoice, now).map(known -> new Result(InvoiceJson.Shown.of(known), true)),
                no -> no.code().equals(ASKS_ITS_OWNER) ? toConfirm(wish, invoice) : declined(wish, invoice, no),
                no -> no.code().equals(ASKS_ITS_OWNER) ? toConfirm(wish, invoice) : refused(wish, invoice, no)));
    }

    private Mono<Invoice> learned(PayCommand wish, Invoice invoice, JsonNode now) {
        InvoiceState snapshot = InvoiceState.of(now);
        ReceivedInvoiceEvent told = ReceivedInvoiceEvent.asked(Cause.stripeAnswer(CALL, wish.request()));
        return snapshot == null
                ? Mono.just(invoice)
                : transactions.run(settlement.learn(invoice.subscriptionId(), snapshot, told, true));
    }

    /** The invoice as Stripe has it after a no, with the secret to go on by. */
    private Mono<Result> toConfirm(PayCommand wish, Invoice invoice) {
        return stripe.one(invoice.id()).map(StripeResult::value).flatMap(now -> learned(wish, invoice, now)
                .map(known -> new Result(
                        known.isOwed()
                                ? InvoiceJson.Shown.toConfirm(known, OpenInvoiceReader.secret(now))
                                : InvoiceJson.Shown.of(known),
                        true)));
    }

    private Mono<Result> declined(PayCommand wish, Invoice invoice, StripeResult.Declined<JsonNode> no) {
        return known(wish, invoice)
                .flatMap(known -> Mono.error(StripeProblems.declined(no).with("invoice", InvoiceJson.Shown.of(known))));
    }

    /** A fault of ours is told as that even where the invoice cannot be read. */
    private Mono<Result> refused(PayCommand wish, Invoice invoice, StripeResult.Refused<JsonNode> no) {
        Problem told = CardRefusals.told(
                no, Problem.conflict("payment-refused", "Stripe does not take this: " + no.code() + "."));
        return known(wish, invoice)
                .onErrorMap(fault -> told.status() == 500, fault -> told)
                .flatMap(known -> Mono.error(no.says(StripeResult.Different.CODE) ? told : as(known, told)));
    }

    /** What the invoice has become meanwhile says more than Stripe's words. */
    private static Problem as(Invoice known, Problem told) {
        if (known.status() == InvoiceStatus.PAID) {
            return paid();
        }
        return known.isOwed() ? told : notOpen();
    }

    private static Problem paid() {
        return Problem.conflict("invoice-paid", "The invoice is paid.");
    }

    private Mono<Invoice> known(PayCommand wish, Invoice invoice) {
        return stripe.one(invoice.id()).map(StripeResult::value).flatMap(now -> learned(wish, invoice, now));
    }
}
