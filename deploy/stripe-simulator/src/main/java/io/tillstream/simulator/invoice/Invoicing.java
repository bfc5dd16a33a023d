package io.tillstream.simulator.invoice;

import io.tillstream.simulator.state.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** The way of an invoice, as those take it who bill by it: drafted, finalized, collected, or given up. */
@Component
@SuppressWarnings("DoNotCallSuggester") // bodies follow
public final class Invoicing {
    private final List<Consumer<String>> givenUp = new ArrayList<>();

    /** How an attempt to collect ended. */
    public enum Collected {
        PAID,
        ACTION_REQUIRED,
        FAILED,
        NO_PAYMENT_METHOD,
        PROCESSING
    }

    /** An invoice object that is not stored and tells no event. */
    public ObjectNode preview(InvoiceRequest request) {
        throw new UnsupportedOperationException("preview of " + request.customer());
    }

    /** Tells {@code invoice.upcoming}: the preview, which has no id. */
    public void tellUpcoming(InvoiceRequest request) {
        throw new UnsupportedOperationException("upcoming of " + request.customer());
    }

    /**
     * A stored draft, with the customer's pending items of this subscription and of none. One that advances by itself is
     * finalized and collected an hour later, unless it is no draft any more by then.
     */
    public String draft(InvoiceRequest request) {
        throw new UnsupportedOperationException("draft for " + request.customer());
    }

    /** A pending invoice item, for the next invoice; gives its id. */
    @CanIgnoreReturnValue
    public String addPending(String customer, String currency, InvoiceLine line) {
        throw new UnsupportedOperationException("item for " + customer + currency + line);
    }

    /** Number, address and what is due are fixed. What needs no money is paid at once, all else has a PaymentIntent. */
    public void finalizeInvoice(String id) {
        throw new UnsupportedOperationException(id);
    }

    /**
     * One attempt to take what is due. In {@code confirmation}: {@code payment_method} (else the invoice's, the
     * subscription's, the customer's default) and {@code off_session} (false unless given). An invoice that advances by
     * itself and is not a subscription's first is retried after a failure without being asked.
     */
    public Collected collect(String id, Map<String, String> confirmation) {
        throw new UnsupportedOperationException(id + confirmation);
    }

    /** Retries after 3, 5 and 7 days, unless retries are on the agenda already. */
    public void keepTrying(String id) {
        throw new UnsupportedOperationException(id);
    }

    public void voidInvoice(String id) {
        throw new UnsupportedOperationException(id);
    }

    public void markUncollectible(String id) {
        throw new UnsupportedOperationException(id);
    }

    /** Called with the invoice's id when its last retry failed, after that was told. */
    public void whenGivenUp(Consumer<String> listener) {
        givenUp.add(listener);
    }
}
