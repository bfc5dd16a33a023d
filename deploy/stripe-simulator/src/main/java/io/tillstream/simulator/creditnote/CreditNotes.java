package io.tillstream.simulator.creditnote;

import io.tillstream.simulator.charge.Charges;
import io.tillstream.simulator.customer.CustomerBalance;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.invoice.InvoiceCredit;
import io.tillstream.simulator.refund.Refunds;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.Locale;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Issues credit notes and takes them back, with all that moves: the invoice, refunds, the customer's balance. */
@Component
class CreditNotes {
    private final BillingTime time;
    private final Events events;
    private final InvoiceCredit credit;
    private final CustomerBalance balance;
    private final Refunds refunds;
    private final Charges charges;
    private final Store notes;

    CreditNotes(
            BillingTime time,
            Events events,
            InvoiceCredit credit,
            CustomerBalance balance,
            Refunds refunds,
            Charges charges,
            Stores stores) {
        this.time = time;
        this.events = events;
        this.credit = credit;
        this.balance = balance;
        this.refunds = refunds;
        this.charges = charges;
        this.notes = stores.open("credit_note", "cn", "customer", "invoice");
    }

    Store store() {
        return notes;
    }

    String nextNumber(ObjectNode invoice) {
        int issued = new Query(notes)
                .where("invoice", Json.textOf(invoice, "id"))
                .all()
                .size();
        return String.format(Locale.ROOT, "%s-CN-%02d", Json.text(invoice, "number"), issued + 1);
    }

    /** {@code note} says how much by which way; what cannot be given back is refused before anything is done. */
    ObjectNode issue(ObjectNode note, Ways ways) {
        String invoice = Json.textOf(note, "invoice");
        String id = Json.textOf(note, "id");
        if (ways.refund() > 0) {
            ObjectNode charge = charges.store().get(credit.charge(invoice).orElseThrow());
            ObjectNode refund = refunds.refund(charge, ways.refund(), "requested_by_customer", each -> {});
            note.withArray("refunds").add(refundOf(Json.textOf(refund, "id"), ways.refund()));
        }
        if (ways.credit() > 0) {
            ObjectNode movement = balance.move(
                    Json.textOf(note, "customer"),
                    -ways.credit(),
                    Json.textOf(note, "currency"),
                    new CustomerBalance.Cause("credit_note", invoice, id));
            note.put("customer_balance_transaction", Json.textOf(movement, "id"));
        }
        if (ways.before() > 0) {
            credit.beforePayment(invoice, ways.before());
        }
        if (ways.after() > 0) {
            credit.afterPayment(invoice, ways.after());
        }
        notes.add(note);
        events.emit("credit_note.created", note);
        return note;
    }

    static ObjectNode refundOf(String refund, long amount) {
        return Json.object()
                .put("amount_refunded", amount)
                .putNull("payment_record_refund")
                .put("refund", refund)
                .put("type", "refund");
    }

    /** Changes a credit note and tells it. */
    ObjectNode change(String id, Consumer<ObjectNode> change) {
        Store.Change changed = notes.update(id, change);
        events.changed("credit_note.updated", changed);
        return changed.object();
    }

    ObjectNode voided(ObjectNode note) {
        credit.beforePayment(Json.textOf(note, "invoice"), -Json.number(note, "pre_payment_amount"));
        ObjectNode voided = notes.update(Json.textOf(note, "id"), each -> each.put("status", "void")
                        .put("voided_at", time.now()))
                .object();
        events.emit("credit_note.voided", voided);
        return voided;
    }
}
