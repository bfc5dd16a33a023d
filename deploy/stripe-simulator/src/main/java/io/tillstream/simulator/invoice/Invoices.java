package io.tillstream.simulator.invoice;

import io.tillstream.simulator.customer.CustomerBalance;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of an invoice: each move of its status stands here, with the events that tell it. */
@Component
class Invoices {
    static final String SUBSCRIPTION = "parent.subscription_details.subscription";

    private final BillingTime time;
    private final Events events;
    private final Customers customers;
    private final CustomerBalance balance;
    private final InvoicePayments payments;
    private final Store invoices;

    Invoices(
            BillingTime time,
            Events events,
            Customers customers,
            CustomerBalance balance,
            InvoicePayments payments,
            Stores stores) {
        this.time = time;
        this.events = events;
        this.customers = customers;
        this.balance = balance;
        this.payments = payments;
        this.invoices = stores.open("invoice", "in", "customer", SUBSCRIPTION);
        invoices.includes("payments", invoice -> payments.list(Json.textOf(invoice, "id")));
        invoices.includes("confirmation_secret", this::confirmationSecret);
    }

    Store store() {
        return invoices;
    }

    /** By this a browser pays an open invoice; null if there is nothing to pay. */
    private JsonNode confirmationSecret(ObjectNode invoice) {
        return payments.intent(Json.textOf(invoice, "id"))
                .<JsonNode>map(intent -> Json.object()
                        .put("client_secret", Json.textOf(intent, "client_secret"))
                        .put("type", "payment_intent"))
                .orElse(NullNode.getInstance());
    }

    boolean isOpen(String id) {
        return invoices.find(id)
                .filter(invoice -> Json.is(invoice, "status", "open"))
                .isPresent();
    }

    static boolean isPayable(ObjectNode invoice) {
        return Json.is(invoice, "status", "open") || Json.is(invoice, "status", "uncollectible");
    }

    void add(ObjectNode invoice) {
        invoices.add(invoice);
        events.emit("invoice.created", invoice);
    }

    void tell(String type, String id) {
        events.emit(type, invoices.get(id));
    }

    /** Changes an invoice and tells it. */
    @CanIgnoreReturnValue
    ObjectNode change(String id, Consumer<ObjectNode> change) {
        Store.Change changed = invoices.update(id, change);
        events.changed("invoice.updated", changed);
        return changed.object();
    }

    void moveBalance(ObjectNode invoice, long amount, String type) {
        if (amount != 0) {
            balance.move(
                    Json.textOf(invoice, "customer"),
                    amount,
                    Json.textOf(invoice, "currency"),
                    new CustomerBalance.Cause(type, Json.textOf(invoice, "id"), null));
        }
    }

    /** Paid by a payment, or without one: out of band, or because nothing was due. */
    void paid(String id, @Nullable ObjectNode payment) {
        ObjectNode settled =
                payment == null ? null : payments.paid(payment, Json.number(invoices.get(id), "amount_remaining"));
        Store.Change change = invoices.update(id, invoice -> {
            invoice.put("status", "paid").put("attempted", true).put("auto_advance", false);
            invoice.put("amount_paid", Json.number(invoice, "amount_paid") + Json.number(invoice, "amount_remaining"));
            invoice.put("amount_remaining", 0).putNull("next_payment_attempt");
            if (payment != null) {
                invoice.put("attempt_count", Math.max(1, Json.number(invoice, "attempt_count")));
            }
            stamp(invoice, "paid_at");
        });
        delinquent(change.object(), false);
        events.changed("invoice.updated", change);
        events.emit("invoice.paid", change.object());
        events.emit("invoice.payment_succeeded", change.object());
        if (settled != null) {
            payments.tellPaid(settled);
        }
    }

    /** Out of band, or because credit notes left nothing to pay. */
    void paidWithoutPayment(String id) {
        paid(id, null);
        payments.cancel(id);
    }

    void delinquent(ObjectNode invoice, boolean delinquent) {
        customers
                .store()
                .find(Json.textOf(invoice, "customer"))
                .filter(customer -> !Json.isTrue(customer, "deleted"))
                .ifPresent(customer ->
                        customers.change(Json.textOf(customer, "id"), each -> each.put("delinquent", delinquent)));
    }

    /** Whether a bank is at a payment of it, a debit say: then it cannot be voided. */
    boolean isUnderWay(String id) {
        return payments.intent(id)
                .filter(intent -> Json.is(intent, "status", "processing"))
                .isPresent();
    }

    void voided(String id) {
        ObjectNode voided = close(id, "void", "voided_at");
        payments.cancel(id);
        moveBalance(
                voided,
                Json.number(voided, "starting_balance") - Json.number(voided, "ending_balance"),
                "unapplied_from_invoice");
        events.emit("invoice.voided", voided);
    }

    void uncollectible(String id) {
        ObjectNode closed = close(id, "uncollectible", "marked_uncollectible_at");
        delinquent(closed, false);
        events.emit("invoice.marked_uncollectible", closed);
    }

    private ObjectNode close(String id, String status, String moment) {
        return change(id, invoice -> {
            invoice.put("status", status).put("auto_advance", false).putNull("next_payment_attempt");
            stamp(invoice, moment);
        });
    }

    void stamp(ObjectNode invoice, String moment) {
        ((ObjectNode) invoice.get("status_transitions")).put(moment, time.now());
    }
}
