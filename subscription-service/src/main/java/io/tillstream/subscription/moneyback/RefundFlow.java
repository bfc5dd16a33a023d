package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.invoice.InvoiceFinder;
import io.tillstream.subscription.moneyback.InvoiceRefund.Purpose;
import io.tillstream.subscription.moneyback.InvoiceRefund.Status;
import io.tillstream.subscription.moneyback.StripeMoneyBack.Paid;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Giving back what was paid for an invoice: the amount is reserved and committed, then Stripe is asked, then its answer is
 * kept. {@link RefundSweep} goes on with what is open.
 */
@Component
class RefundFlow {

    private static final Duration LONGEST = Duration.ofSeconds(10); // the gateway waits 15 s
    private static final String NOT_GIVEN_BACK = "not_given_back";

    private final InvoiceFinder invoices;
    private final InvoiceRefunds refunds;
    private final MoneyBacks table;
    private final RefundAnswers answers;
    private final PromisedRefunds promised;
    private final StripeMoneyBack stripe;
    private final VoidedInvoiceFlow voided;
    private final RefundRefusals refusals;
    private final Subscriptions subscriptions;
    private final Transactions transactions;

    RefundFlow(
            InvoiceFinder invoices,
            InvoiceRefunds refunds,
            MoneyBacks table,
            RefundAnswers answers,
            PromisedRefunds promised,
            StripeMoneyBack stripe,
            VoidedInvoiceFlow voided,
            RefundRefusals refusals,
            Subscriptions subscriptions,
            Transactions transactions) {
        this.invoices = invoices;
        this.refunds = refunds;
        this.table = table;
        this.answers = answers;
        this.promised = promised;
        this.stripe = stripe;
        this.voided = voided;
        this.refusals = refusals;
        this.subscriptions = subscriptions;
        this.transactions = transactions;
    }

    /** What an operator wants; without an amount all that is left. */
    record RefundCommand(
            UUID id,
            String invoiceId,
            @Nullable Long amount,
            @Nullable String reason) {}

    Mono<InvoiceRefund> refund(RefundCommand wish) {
        return refunds.find(wish.id())
                .filter(known -> known.invoiceId().equals(wish.invoiceId()))
                .switchIfEmpty(Mono.defer(() -> reserve(wish)))
                .flatMap(this::askAndWait);
    }

    private Mono<InvoiceRefund> reserve(RefundCommand wish) {
        return invoices.find(wish.invoiceId())
                .switchIfEmpty(Mono.error(Problem::notFound))
                .filter(invoice -> invoice.everPaid() && invoice.paid().amount() > 0)
                .switchIfEmpty(Mono.error(() -> Problem.conflict("not-paid", "The invoice is not paid.")))
                .flatMap(invoice -> transactions.run(subscriptions
                        .lock(invoice.subscriptionId())
                        .then(Mono.defer(() -> table.left(invoice.id())))
                        .flatMap(left -> reserve(wish, invoice, left))));
    }

    private Mono<InvoiceRefund> reserve(
            RefundCommand wish, InvoiceFinder.Known invoice, MoneyBacks.RefundableRest left) {
        if (left.disputed()) {
            return Mono.error(Problem.conflict("payment-disputed", "The payment is disputed."));
        }
        if (left.changes()) {
            return Mono.error(Problem.conflict(
                    "change-in-progress", "A change of the subscription is going on, or waits for its payment."));
        }
        long amount = wish.amount() == null ? left.amount() : wish.amount();
        String currency = invoice.paid().currency();
        if (wish.amount() != null) {
            Optional<String> uneven = Currencies.partial(amount, currency);
            if (uneven.isPresent()) {
                return Mono.error(Problem.invalid("amount", uneven.get()));
            }
        }
        if (amount <= 0 || amount > left.amount()) {
            return Mono.error(Problem.conflict("refund-exceeds-paid", "That is more than is left of the payment."));
        }
        var refund = new InvoiceRefund(
                wish.id(),
                invoice.id(),
                Purpose.REQUESTED,
                new Money(amount, currency),
                amount,
                wish.reason(),
                Status.ASKED,
                null,
                null,
                0);
        return refunds.begin(refund).thenReturn(refund);
    }

    private Mono<InvoiceRefund> askAndWait(InvoiceRefund refund) {
        return switch (refund.status()) {
            case DONE, FLAGGED, DISMISSED -> Mono.just(refund);
            case REFUSED -> Mono.error(RefundRefusals.problem(refund.why()));
            case ASKED -> {
                Mono<InvoiceRefund> asIs = refunds.find(refund.id());
                var word = refund.why() == null ? new CompensationGuard() : CompensationGuard.alreadyTold();
                yield word.answer(Transactions.shield(ask(refund, word)), LONGEST, asIs)
                        .onErrorResume(StripeUnavailable.class, away -> asIs);
            }
        };
    }

    /** Goes on with one that its operator was told is under way, or that we owe. */
    Mono<InvoiceRefund> askAgain(InvoiceRefund refund) {
        return ask(refund, CompensationGuard.alreadyTold());
    }

    /**
     * Asks Stripe and keeps its answer. What it has made already is looked for first: a key stands for a refund for a day
     * only, and to one whose first answer was a failure Stripe repeats that, also where it did what it was asked.
     */
    private Mono<InvoiceRefund> ask(InvoiceRefund refund, CompensationGuard word) {
        return stillOwed(refund)
                .flatMap(owed -> payments(owed).flatMap(paid -> with(owed, paid, word)))
                .then(Mono.defer(() -> refunds.find(refund.id())));
    }

    /** Of what came late also those that paid after their invoice was voided: to the invoice they are canceled. */
    private Mono<List<Paid>> payments(InvoiceRefund owed) {
        return stripe.payments(owed.invoiceId())
                .flatMap(paid -> paid.isEmpty() && owed.purpose() == Purpose.LATE_PAYMENT
                        ? voided.payments(owed.invoiceId())
                        : Mono.just(paid));
    }

    /** What was refused before may have gone back otherwise since: then empty. */
    private Mono<InvoiceRefund> stillOwed(InvoiceRefund refund) {
        return refund.why() == null && refund.rest() > 0 ? Mono.just(refund) : asItIsNow(refund);
    }

    /** Empty where Stripe is not to be asked for it any more. */
    private Mono<InvoiceRefund> asItIsNow(InvoiceRefund refund) {
        return transactions
                .run(invoices.find(refund.invoiceId())
                        .flatMap(invoice -> subscriptions.lock(invoice.subscriptionId()))
                        .then(Mono.defer(() -> promised.settle(refund.invoiceId(), NOT_GIVEN_BACK)))
                        .then(Mono.defer(() -> refunds.find(refund.id()))))
                .filter(now -> now.status() == Status.ASKED && now.rest() > 0);
    }

    private Mono<Void> with(InvoiceRefund refund, List<Paid> paid, CompensationGuard word) {
        return paid.stream()
                .filter(one -> one.amount() >= refund.rest())
                .findFirst()
                .map(one -> transactions
                        .run(table.paidBy(one.paymentIntent(), refund.invoiceId())
                                .thenReturn(true))
                        .then(unlessMade(refund, one, word))
                        .flatMap(now -> make(now, one, word))
                        .then())
                .orElseGet(() -> refusals.noPayment(refund, word));
    }

    /**
     * Empty where it is made, or over. Somebody may have given it back at the dashboard, of which no event told yet: its buyer
     * would have it twice.
     */
    private Mono<InvoiceRefund> unlessMade(InvoiceRefund refund, Paid paid, CompensationGuard word) {
        return stripe.refunds(paid.paymentIntent()).flatMap(all -> answers.ofOurs(refund, all)
                .map(made -> done(refund, made, word).then(Mono.<InvoiceRefund>empty()))
                .orElseGet(() -> answers.learn(refund, all).then(Mono.defer(() -> asItIsNow(refund)))));
    }

    /** A failure that Stripe keeps for the key is over: what came of it is looked for, and if nothing did, asked anew. */
    private Mono<Boolean> make(InvoiceRefund refund, Paid paid, CompensationGuard word) {
        return stripe.refund(refund, paid.paymentIntent())
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                        ? different(refund, other.made(), word)
                        : answer.fold(
                                made -> done(refund, made, word),
                                no -> refusals.take(refund, no.code(), no.code(), word),
                                no -> refusals.take(refund, no.code(), RefundRefusals.toldAs(no), word)))
                .onErrorResume(
                        OutcomeUnknown.class,
                        unknown -> unknown.isReplayed()
                                ? unlessMade(refund, paid, word)
                                        .flatMap(now -> transactions.run( // of the key that failed, not of a newer one
                                                refunds.nextKey(refund).thenReturn(true)))
                                        .then()
                                : Mono.empty())
                .thenReturn(true);
    }

    /** It cannot be taken back: what Stripe made of it counts, and a person is told. */
    private Mono<Void> different(InvoiceRefund refund, JsonNode made, CompensationGuard word) {
        return refund.purpose() == Purpose.REQUESTED
                ? done(refund, made, word).then(Mono.error(StripeProblems::differs))
                : done(refund, made, word);
    }

    private Mono<Void> done(InvoiceRefund refund, JsonNode made, CompensationGuard word) {
        RefundState fact = RefundState.read(made);
        boolean hearsNo = !fact.givesBack() && refund.purpose() == Purpose.REQUESTED && word.takesBack();
        return answers.take(refund, fact, hearsNo)
                .then(hearsNo ? Mono.error(RefundRefusals.problem(RefundAnswers.why(fact))) : Mono.empty());
    }
}
