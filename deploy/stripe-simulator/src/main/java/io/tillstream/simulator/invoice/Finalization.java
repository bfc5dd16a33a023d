package io.tillstream.simulator.invoice;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** A draft becomes an invoice: number and amounts are fixed, and whatever is due gets its PaymentIntent. */
@Component
class Finalization {
    private final BillingTime time;
    private final Events events;
    private final Customers customers;
    private final Drafts drafts;
    private final Invoices invoices;
    private final InvoicePayments payments;
    private final PublicAddress address;
    private final Work reminder;

    Finalization(
            BillingTime time,
            Events events,
            Customers customers,
            Drafts drafts,
            Invoices invoices,
            InvoicePayments payments,
            PublicAddress address) {
        this.time = time;
        this.events = events;
        this.customers = customers;
        this.drafts = drafts;
        this.invoices = invoices;
        this.payments = payments;
        this.address = address;
        this.reminder = time.work("invoice.overdue", with -> overdue(with.get(0)));
    }

    /** What cannot be charged leaves it a draft, and is thrown after it was told. */
    void open(String id) {
        drafts.describeCustomer(id);
        ObjectNode draft = invoices.store().get(id);
        long before = Json.number(draft, "starting_balance");
        InvoiceTotals.Due due = InvoiceTotals.due(Json.number(draft, "total"), before, Json.textOf(draft, "currency"));
        draft.put("amount_due", due.due());
        if (due.due() > 0) {
            begin(draft);
        }
        String chosen = Json.text(draft, "number");
        String number = chosen == null ? nextNumber(Json.textOf(draft, "customer")) : chosen;
        ObjectNode opened = invoices.store()
                .update(id, invoice -> fix(invoice, number, due))
                .object();
        invoices.moveBalance(opened, due.endingBalance() - before, "applied_to_invoice");
        events.emit("invoice.finalized", opened);
        if (due.due() == 0) {
            invoices.paid(id, null);
        } else if (Json.present(opened, "due_date")) {
            long wait = Math.max(0, Json.number(opened, "due_date") - time.now());
            time.in(Duration.ofSeconds(wait), reminder, id);
        }
    }

    private void begin(ObjectNode draft) {
        try {
            payments.begin(draft);
        } catch (StripeError refused) {
            ObjectNode error = refused.error().deepCopy();
            ObjectNode failed = invoices.store()
                    .update(Json.textOf(draft, "id"), invoice -> invoice.set("last_finalization_error", error))
                    .object();
            events.emit("invoice.finalization_failed", failed);
            throw refused;
        }
    }

    private String nextNumber(String customer) {
        ObjectNode before = customers.store().get(customer);
        long sequence = Math.max(1, Json.number(before, "next_invoice_sequence"));
        customers.store().update(customer, each -> each.put("next_invoice_sequence", sequence + 1));
        String prefix = Objects.requireNonNullElse(Json.text(before, "invoice_prefix"), "DELETED");
        return String.format(Locale.ROOT, "%s-%04d", prefix, sequence);
    }

    private void fix(ObjectNode invoice, String number, InvoiceTotals.Due due) {
        long now = time.now();
        String page = address.of("/i/" + Json.textOf(invoice, "id"));
        invoice.put("status", "open").put("number", number).put("effective_at", now);
        invoice.put("amount_due", due.due()).put("amount_remaining", due.due());
        invoice.put("ending_balance", due.endingBalance());
        invoice.put("hosted_invoice_url", page).put("invoice_pdf", page + "/pdf");
        invoice.putNull("automatically_finalizes_at").putNull("next_payment_attempt");
        invoice.put("webhooks_delivered_at", now).putNull("last_finalization_error");
        invoices.stamp(invoice, "finalized_at");
    }

    private void overdue(String id) {
        if (invoices.isOpen(id)) {
            invoices.delinquent(invoices.store().get(id), true);
            invoices.tell("invoice.overdue", id);
        }
    }
}
