package io.tillstream.subscription.invoice;

import io.tillstream.events.Money;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Bills, for those who deal with their money. */
@Component
public class InvoiceDirectory {

    private final Invoices invoices;
    private final Placing placing;

    InvoiceDirectory(Invoices invoices, Placing placing) {
        this.invoices = invoices;
        this.placing = placing;
    }

    /** A bill of ours; {@code paid} is what came in for it. */
    public record Known(String id, UUID subscriptionId, String userId, boolean everPaid, Money paid) {}

    public Mono<Known> find(String stripeInvoiceId) {
        return invoices.find(stripeInvoiceId).map(invoice -> {
            InvoiceSnapshot.Amounts amounts = invoice.bill().amounts();
            return new Known(
                    invoice.id(),
                    invoice.subscriptionId(),
                    invoice.userId(),
                    invoice.everPaid(),
                    new Money(amounts.paid(), amounts.currency()));
        });
    }

    /** Whether a bill that is not known here is or will be ours, as its subscription is. */
    public Mono<Boolean> isOurs(JsonNode invoice) {
        return placing.whose(invoice).map(whose -> whose instanceof Whose.Ours || whose instanceof Whose.Waiting);
    }
}
