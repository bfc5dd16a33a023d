package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.invoice.InvoiceFinder;
import io.tillstream.subscription.moneyback.StripeVoidedInvoicePayments.Payment;
import io.tillstream.subscription.subscription.LatePayments;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.VoidedInvoiceChecks;
import io.tillstream.subscription.sweep.StripeRound;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Money that comes for an invoice after it was voided: that of a change which expired or was replaced while a bank debit was paying for
 * it, say. It buys nothing, so it is owed back. Stripe is asked once an invoice is void, then for as long as its payment is under way;
 * the event of the payment only makes that sooner.
 */
@Component
public class VoidedInvoiceFlow {

    private static final String OF_AN_ORDER = "attempt_id"; // payment-service marks its intents by it

    private final VoidedInvoiceChecks checks;
    private final StripeVoidedInvoicePayments stripe;
    private final InvoiceFinder invoices;
    private final Subscriptions subscriptions;
    private final LatePayments late;
    private final Transactions transactions;

    VoidedInvoiceFlow(
            VoidedInvoiceChecks checks,
            StripeVoidedInvoicePayments stripe,
            InvoiceFinder invoices,
            Subscriptions subscriptions,
            LatePayments late,
            Transactions transactions) {
        this.checks = checks;
        this.stripe = stripe;
        this.invoices = invoices;
        this.subscriptions = subscriptions;
        this.late = late;
        this.transactions = transactions;
    }

    public static boolean follows(String type) {
        return type.equals("payment_intent.succeeded");
    }

    /** Of a payment of an order it is none; an invoice's intent that says so all the same is found by the look at its invoice. */
    public static boolean mayBeOfInvoice(StripeEvent event) {
        return event.metadata(OF_AN_ORDER) == null;
    }

    /** Inside the transaction of the event's inbox row. What an event of before the first look told, that look finds. */
    public Mono<EventOutcome> apply(StripeEvent event) {
        return Mono.justOrEmpty(event.objectId())
                .flatMap(checks::hasCome)
                .filter(isOurs -> isOurs)
                .<EventOutcome>map(isOurs -> new EventOutcome.Applied())
                .defaultIfEmpty(new EventOutcome.Ignored("pays no invoice that was voided"));
    }

    Flux<String> claimDue() {
        return checks.claimDue();
    }

    Mono<Long> makeDue() {
        return checks.makeDue();
    }

    /** What is on its way is looked at again, after a rest; a refusal to say is an answer too. */
    Mono<Void> look(String invoiceId) {
        return settled(invoiceId)
                .onErrorResume(fault -> StripeRound.isForNow(fault)
                        ? Mono.error(fault)
                        : checks.rest(invoiceId).then(Mono.error(fault)));
    }

    private Mono<Void> settled(String invoiceId) {
        return stripe.of(invoiceId).flatMap(payments -> {
            List<Payment> come = payments.stream().filter(Payment::hasCome).toList();
            if (!come.isEmpty()) {
                long amount = come.stream().mapToLong(Payment::received).sum();
                return owed(invoiceId, new Money(amount, come.get(0).currency()));
            }
            return payments.stream()
                    .filter(Payment::mayCome)
                    .findFirst()
                    .map(payment -> checks.waitsFor(invoiceId, payment.intentId()))
                    .orElseGet(() -> checks.end(invoiceId));
        });
    }

    private Mono<Void> owed(String invoiceId, Money money) {
        return transactions
                .run(invoices.find(invoiceId)
                        .flatMap(invoice -> subscriptions.lock(invoice.subscriptionId()))
                        .flatMap(subscription -> late.cameForVoid(subscription, invoiceId, money))
                        .then(Mono.defer(() -> checks.end(invoiceId)))
                        .thenReturn(true))
                .then();
    }

    /** By which payments the money of a voided invoice came. */
    Mono<List<StripeMoneyBack.Paid>> payments(String invoiceId) {
        return stripe.of(invoiceId).map(payments -> payments.stream()
                .filter(Payment::hasCome)
                .map(payment -> new StripeMoneyBack.Paid(payment.intentId(), payment.received()))
                .toList());
    }
}
