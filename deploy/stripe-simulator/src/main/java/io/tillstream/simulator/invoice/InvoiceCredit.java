package io.tillstream.simulator.invoice;

import io.tillstream.simulator.state.Json;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What a credit note does to its invoice. */
@Component
public class InvoiceCredit {
    private final Invoices invoices;
    private final InvoiceLines lines;
    private final InvoicePayments payments;

    InvoiceCredit(Invoices invoices, InvoiceLines lines, InvoicePayments payments) {
        this.invoices = invoices;
        this.lines = lines;
        this.payments = payments;
    }

    public Optional<ObjectNode> invoice(String id) {
        return invoices.store().find(id);
    }

    public List<ObjectNode> lines(String invoice) {
        return lines.on(invoice);
    }

    /** The charge that paid it. */
    public Optional<String> charge(String invoice) {
        return payments.intent(invoice).map(intent -> Json.text(intent, "latest_charge"));
    }

    /** Less is due of an open invoice, or more again by a negative amount; if nothing is left it is paid. */
    public void beforePayment(String id, long amount) {
        long left = Json.number(invoices.store().get(id), "amount_remaining") - amount;
        if (left > 0) {
            payments.request(id, left);
        }
        invoices.change(id, invoice -> {
            invoice.put("amount_due", Json.number(invoice, "amount_due") - amount);
            invoice.put("amount_remaining", left);
            add(invoice, "pre_payment_credit_notes_amount", amount);
        });
        if (left == 0) {
            invoices.paidWithoutPayment(id);
        }
    }

    /** Part of a paid invoice was given back. */
    public void afterPayment(String id, long amount) {
        invoices.change(id, invoice -> add(invoice, "post_payment_credit_notes_amount", amount));
    }

    private static void add(ObjectNode invoice, String field, long amount) {
        invoice.put(field, Json.number(invoice, field) + amount);
    }
}
