package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.events.Money;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.invoice.InvoiceFinder;
import io.tillstream.subscription.moneyback.InvoiceRefund.Purpose;
import io.tillstream.subscription.moneyback.InvoiceRefund.Status;
import io.tillstream.subscription.moneyback.StripeMoneyBack.Paid;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Giving back what was paid for an invoice: the amount is reserved and committed, then Stripe is asked, then its answer is
 * kept. {@link RefundSweep} goes on with what is open.
 */
@Component
class RefundFlow {

    private static final Logger LOG = LoggerFactory.getLogger(RefundFlow.class);
    private static final Duration LONGEST = Duration.ofSeconds(10); // the gateway waits 15 s

    private final InvoiceFinder invoices;
    private final InvoiceRefunds refunds;
    private final MoneyBacks table;
    private final MoneyBackTransition transition;
    private final StripeMoneyBack stripe;
    private final Subscriptions subscriptions;
    private final Transactions transactions;
    private final Outbox outbox;
    private final Clock clock;

    RefundFlow(
            InvoiceFinder invoices,
            InvoiceRefunds refunds,
            MoneyBacks table,
            MoneyBackTransition transition,
            StripeMoneyBack stripe,
            Subscriptions subscriptions,
            Transactions transactions,
            Outbox outbox,
            Clock clock) {
        this.invoices = invoices;
        this.refunds = refunds;
        this.table = table;
        this.transition = transition;
        this.stripe = stripe;
        this.subscriptions = subscriptions;
        this.transactions = transactions;
        this.outbox = outbox;
        this.clock = clock;
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
            case DONE, FLAGGED -> Mono.just(refund);
            case REFUSED -> Mono.error(refused(refund.why()));
            case ASKED -> {
                Mono<InvoiceRefund> asIs = refunds.find(refund.id());
                yield Transactions.shield(ask(refund))
                        .timeout(LONGEST, asIs)
                        .onErrorResume(StripeUnavailable.class, away -> asIs);
            }
        };
    }

    /**
     * Asks Stripe and keeps its answer. What it has made already is looked for first: a key stands for a refund for a day
     * only, and to one whose first answer was a failure Stripe repeats that, also where it did what it was asked.
     */
    Mono<InvoiceRefund> ask(InvoiceRefund refund) {
        return stripe.payments(refund.invoiceId())
                .flatMap(paid -> with(refund, paid))
                .then(Mono.defer(() -> refunds.find(refund.id())));
    }

    private Mono<Void> with(InvoiceRefund refund, List<Paid> paid) {
        if (refund.rest() == 0) {
            return transactions
                    .run(refunds.settleOwed(refund.invoiceId()).thenReturn(true))
                    .then();
        }
        return paid.stream()
                .filter(one -> one.amount() >= refund.rest())
                .findFirst()
                .map(one -> transactions
                        .run(table.paidBy(one.paymentIntent(), refund.invoiceId())
                                .thenReturn(true))
                        .then(made(refund, one))
                        .switchIfEmpty(Mono.defer(() -> make(refund, one)))
                        .then())
                .orElseGet(() -> noPayment(refund));
    }

    /** Empty where Stripe has none of it. */
    private Mono<Boolean> made(InvoiceRefund refund, Paid paid) {
        return stripe.find(refund, paid.paymentIntent())
                .flatMap(made -> done(refund, made).thenReturn(true));
    }

    /** A failure that Stripe keeps for the key is over: what came of it is looked for, and if nothing did, asked anew. */
    private Mono<Boolean> make(InvoiceRefund refund, Paid paid) {
        return stripe.refund(refund, paid.paymentIntent())
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                        ? different(refund, other.made())
                        : answer.fold(
                                made -> done(refund, made),
                                no -> refusedBy(refund, no.code()),
                                no -> refusedBy(refund, no.code())))
                .onErrorResume(
                        OutcomeUnknown.class,
                        unknown -> unknown.isReplayed()
                                ? made(refund, paid)
                                        .switchIfEmpty(Mono.defer(() -> transactions.run(
                                                refunds.nextKey(refund).thenReturn(true))))
                                        .then()
                                : Mono.empty())
                .thenReturn(true);
    }

    /** It cannot be taken back: what Stripe made of it counts, and a person is told. */
    private Mono<Void> different(InvoiceRefund refund, JsonNode made) {
        return refund.purpose() == Purpose.REQUESTED
                ? done(refund, made).then(Mono.error(StripeProblems::differs))
                : done(refund, made);
    }

    private Mono<Void> done(InvoiceRefund refund, JsonNode made) {
        RefundState fact = RefundState.read(made);
        Cause cause = Cause.stripeAnswer("POST /v1/refunds", refund.id());
        return transactions
                .run(invoices.find(refund.invoiceId()).flatMap(invoice -> subscriptions
                        .lock(invoice.subscriptionId())
                        .then(Mono.defer(() -> end(refund, fact)))
                        .then(Mono.defer(() -> transition.take(
                                invoice,
                                fact.id(),
                                known -> MoneyBack.of(
                                        known == null
                                                ? fact
                                                : MoneyBack.refund(known).merge(fact)),
                                clock.instant(),
                                cause)))
                        .thenReturn(true)))
                .then(
                        fact.givesBack() || refund.purpose() == Purpose.LATE_PAYMENT
                                ? Mono.empty()
                                : Mono.error(refused(why(fact))));
    }

    /** One that failed at once gives nothing back, and what we owe needs a person. */
    private Mono<Void> end(InvoiceRefund refund, RefundState fact) {
        Status failed = refund.purpose() == Purpose.LATE_PAYMENT ? Status.FLAGGED : Status.REFUSED;
        return fact.givesBack()
                ? refunds.end(refund, Status.DONE, fact.id(), null)
                : refunds.end(refund, failed, fact.id(), why(fact));
    }

    private static String why(RefundState fact) {
        String reason = fact.failureReason();
        return reason == null ? fact.status() : reason;
    }

    /** A person is told no; what we owe stays owed, is tried again, and others hear of it once. */
    private Mono<Void> refusedBy(InvoiceRefund refund, String code) {
        if (refund.purpose() == Purpose.REQUESTED) {
            return transactions
                    .run(refunds.end(refund, Status.REFUSED, null, code).thenReturn(true))
                    .then(Mono.error(refused(code)));
        }
        if (code.equals(StripeMoneyBack.ALREADY)) {
            return transactions
                    .run(refunds.end(refund, Status.DONE, null, code).thenReturn(true))
                    .then();
        }
        LOG.warn("Refund {} of invoice {} is owed and refused: {}", refund.id(), refund.invoiceId(), code);
        if (refund.cannotPass(code)) {
            return transactions
                    .run(refunds.end(refund, Status.FLAGGED, null, code).thenReturn(true))
                    .then();
        }
        return transactions
                .run(refunds.refusedForNow(refund, code)
                        .then(refund.keys() == 0 ? tellDelayed(refund, code) : Mono.empty())
                        .thenReturn(true))
                .then();
    }

    private Mono<Void> tellDelayed(InvoiceRefund refund, String code) {
        return invoices.find(refund.invoiceId())
                .flatMap(invoice -> outbox.append(new InvoiceEvent.RefundFailed(
                        invoice.id(),
                        invoice.subscriptionId().toString(),
                        invoice.userId(),
                        refund.id().toString(),
                        refund.money(),
                        code)));
    }

    /** Paid by hand, or by several payments: a person has to give it back where it came from. */
    private Mono<Void> noPayment(InvoiceRefund refund) {
        boolean asked = refund.purpose() == Purpose.REQUESTED;
        Mono<Boolean> ended =
                transactions.run(refunds.end(refund, asked ? Status.REFUSED : Status.FLAGGED, null, "no_single_payment")
                        .thenReturn(true));
        return asked ? ended.then(Mono.error(refused("no_single_payment"))) : ended.then();
    }

    private static Problem refused(@Nullable String code) {
        return Problem.conflict("refund-refused", "Stripe does not make this refund: " + code + ".");
    }
}
