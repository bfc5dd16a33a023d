package io.tillstream.simulator.invoice;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.invoiceitem.InvoiceItems;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Work;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** The way of an invoice, as those take it who bill by it: drafted, finalized, collected, or given up. */
@Component
public final class Invoicing {
    private final Drafts drafts;
    private final Finalization finalization;
    private final Invoices invoices;
    private final Collection collection;
    private final Retries retries;
    private final InvoiceItems items;
    private final InvoiceLines lines;
    private final BillingTime time;
    private final Events events;
    private final Work advance;

    /** How an attempt to collect ended. */
    public enum Collected {
        PAID,
        ACTION_REQUIRED,
        FAILED,
        NO_PAYMENT_METHOD,
        PROCESSING
    }

    Invoicing(
            Drafts drafts,
            Finalization finalization,
            Invoices invoices,
            Collection collection,
            Retries retries,
            InvoiceItems items,
            InvoiceLines lines,
            BillingTime time,
            Events events) {
        this.drafts = drafts;
        this.finalization = finalization;
        this.invoices = invoices;
        this.collection = collection;
        this.retries = retries;
        this.items = items;
        this.lines = lines;
        this.time = time;
        this.events = events;
        this.advance = time.work("invoice.advance", with -> advance(with.get(0)));
    }

    /** An invoice object that is not stored and tells no event. */
    public ObjectNode preview(InvoiceRequest request) {
        return drafts.preview(request, true, invoice -> {});
    }

    /** The same; {@code extra} may set what a request does not say, and what is pending may be left out. */
    public ObjectNode preview(InvoiceRequest request, boolean withPending, Consumer<ObjectNode> extra) {
        return drafts.preview(request, withPending, extra);
    }

    /** Tells {@code invoice.upcoming}: the preview, which has no id. */
    public void tellUpcoming(InvoiceRequest request) {
        ObjectNode preview = preview(request);
        preview.remove("id");
        events.emit("invoice.upcoming", preview);
    }

    /**
     * A stored draft, with the customer's pending items of this subscription and of none. One that advances by itself is
     * finalized and collected an hour later, unless it is no draft any more by then.
     */
    public String draft(InvoiceRequest request) {
        return draft(request, true, invoice -> {});
    }

    String draft(InvoiceRequest request, boolean withPending, Consumer<ObjectNode> extra) {
        String id = drafts.draft(request, withPending, extra);
        if (request.autoAdvance()) {
            advanceLater(id);
        }
        return id;
    }

    void advanceLater(String id) {
        time.in(InvoiceJson.DRAFT_TIME, advance, id);
    }

    private void advance(String id) {
        ObjectNode draft = invoices.store().find(id).orElse(null);
        if (draft == null || !Json.is(draft, "status", "draft") || !Json.isTrue(draft, "auto_advance")) {
            return;
        }
        try {
            finalizeInvoice(id);
        } catch (StripeError refused) {
            return; // told as invoice.finalization_failed; it stays a draft
        }
        collectNow(id);
    }

    /** As it falls due by itself: charged off session, or sent to the customer. */
    void collectNow(String id) {
        if (!invoices.isOpen(id)) {
            return;
        }
        if (Json.is(invoices.store().get(id), "collection_method", "charge_automatically")) {
            Collected unused = collection.collect(id, Map.of("off_session", "true"));
        } else {
            invoices.tell("invoice.sent", id);
        }
    }

    /** A pending invoice item, for the next invoice; gives its id. */
    @CanIgnoreReturnValue
    public String addPending(String customer, String currency, InvoiceLine line) {
        ObjectNode added = items.add(customer, currency, item -> lines.describe(item, line));
        return Json.textOf(added, "id");
    }

    /** Number, address and what is due are fixed. What needs no money is paid at once, all else has a PaymentIntent. */
    public void finalizeInvoice(String id) {
        finalization.open(id);
    }

    /**
     * One attempt to take what is due. In {@code confirmation}: {@code payment_method} (else the invoice's, the
     * subscription's, the customer's default) and {@code off_session} (false unless given). An invoice that advances by
     * itself and is not a subscription's first is retried after a failure without being asked.
     */
    @CanIgnoreReturnValue
    public Collected collect(String id, Map<String, String> confirmation) {
        return collection.collect(id, confirmation);
    }

    /** Retries after 3, 5 and 7 days, unless retries are on the agenda already. */
    public void keepTrying(String id) {
        retries.keepTrying(id);
    }

    public void voidInvoice(String id) {
        invoices.voided(id);
    }

    /** Whether a bank is at a payment of it: then nobody can void it. */
    public boolean isUnderWay(String id) {
        return invoices.isUnderWay(id);
    }

    public void markUncollectible(String id) {
        invoices.uncollectible(id);
    }

    /** Called with the invoice's id when its last retry failed, after that was told. */
    public void whenGivenUp(Consumer<String> listener) {
        retries.whenGivenUp(listener);
    }
}
