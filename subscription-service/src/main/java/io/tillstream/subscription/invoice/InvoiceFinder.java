package io.tillstream.subscription.invoice;

import io.tillstream.events.Money;
import io.tillstream.subscription.subscription.Cause;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Invoices, for those who deal with their money. */
@Component
public class InvoiceFinder {

    private final Invoices invoices;
    private final InvoiceOwnershipResolver placing;
    private final InvoiceTransition settlement;

    InvoiceFinder(Invoices invoices, InvoiceOwnershipResolver placing, InvoiceTransition settlement) {
        this.invoices = invoices;
        this.placing = placing;
        this.settlement = settlement;
    }

    /** An invoice of ours; {@code paid} is what came in for it. */
    public record Known(String id, UUID subscriptionId, String userId, boolean everPaid, Money paid) {}

    public Mono<Known> find(String stripeInvoiceId) {
        return invoices.find(stripeInvoiceId).map(InvoiceFinder::known);
    }

    /** Takes in how Stripe has the invoice now. Inside the caller's transaction. */
    public Mono<Known> learn(Known known, JsonNode refetched, Cause cause) {
        InvoiceState news = InvoiceState.of(refetched);
        return news == null
                ? Mono.just(known)
                : settlement
                        .learn(known.subscriptionId(), news, ReceivedInvoiceEvent.asked(cause), true)
                        .map(InvoiceFinder::known);
    }

    /** Whether a fact about one of a subscription's is told to others for the first time. Inside the caller's transaction. */
    public Mono<Boolean> firstTold(UUID subscriptionId, String fact, String about) {
        return invoices.firstTold(subscriptionId, fact, about);
    }

    private static Known known(Invoice invoice) {
        InvoiceState.Amounts amounts = invoice.bill().amounts();
        return new Known(
                invoice.id(),
                invoice.subscriptionId(),
                invoice.userId(),
                invoice.everPaid(),
                new Money(amounts.paid(), amounts.currency()));
    }

    /** Whether an invoice that is not known here is or will be ours, as its subscription is. */
    public Mono<Boolean> isOurs(JsonNode invoice) {
        return placing.whose(invoice)
                .map(whose -> whose instanceof InvoiceOwnership.Ours || whose instanceof InvoiceOwnership.Waiting);
    }
}
