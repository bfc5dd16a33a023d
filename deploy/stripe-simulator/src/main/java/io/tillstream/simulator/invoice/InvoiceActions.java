package io.tillstream.simulator.invoice;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.Invoicing.Collected;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Work;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What is done to an invoice by request: finalize, pay, send, void, write off. */
@Component
class InvoiceActions implements Resource {
    private final Invoicing invoicing;
    private final Invoices invoices;
    private final InvoicePayments payments;
    private final Collection collection;
    private final BillingTime time;
    private final Work dueCollection;

    InvoiceActions(
            Invoicing invoicing, Invoices invoices, InvoicePayments payments, Collection collection, BillingTime time) {
        this.invoicing = invoicing;
        this.invoices = invoices;
        this.payments = payments;
        this.collection = collection;
        this.time = time;
        this.dueCollection = time.work("invoice.collection", with -> collectDue(with.get(0)));
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/invoices/{id}/finalize", this::finalizeInvoice).takes("auto_advance");
        routes.post("/v1/invoices/{id}/pay", this::pay).takes("payment_method", "off_session", "paid_out_of_band");
        routes.post("/v1/invoices/{id}/send", this::send);
        routes.post("/v1/invoices/{id}/void", this::voidInvoice);
        routes.post("/v1/invoices/{id}/mark_uncollectible", this::writeOff);
    }

    private ObjectNode finalizeInvoice(Call call) {
        ObjectNode invoice = call.object(invoices.store());
        String id = Json.textOf(invoice, "id");
        if (!Json.is(invoice, "status", "draft")) {
            throw StripeError.invalid(
                    "invoice_not_editable",
                    "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
                    null);
        }
        Boolean advances = call.params().flag("auto_advance");
        if (advances != null) {
            invoices.store().update(id, each -> each.put("auto_advance", advances));
        }
        open(id);
        ObjectNode opened = invoices.store().get(id);
        if (Json.is(opened, "status", "open") && Json.isTrue(opened, "auto_advance")) {
            collectLater(opened);
        }
        return invoices.store().get(id);
    }

    /** What cannot be finalized stays a draft and tells why: {@code last_finalization_error}, and its event. */
    private void open(String id) {
        try {
            invoicing.finalizeInvoice(id);
        } catch (StripeError refused) {
            throw refused.leavingChanges();
        }
    }

    /** As a draft that advances by itself, one that is finalized by hand is collected within the hour. */
    private void collectLater(ObjectNode opened) {
        String id = Json.textOf(opened, "id");
        if (Json.is(opened, "collection_method", "charge_automatically")) {
            long next = time.now() + InvoiceJson.DRAFT_TIME.toSeconds();
            invoices.store().update(id, each -> each.put("next_payment_attempt", next));
        }
        time.in(InvoiceJson.DRAFT_TIME, dueCollection, id);
    }

    private void collectDue(String id) {
        ObjectNode due = invoices.store().find(id).orElse(null);
        if (due != null && !Json.isTrue(due, "attempted") && Json.isTrue(due, "auto_advance")) {
            invoices.store().update(id, each -> each.putNull("next_payment_attempt"));
            invoicing.collectNow(id);
        }
    }

    private ObjectNode pay(Call call) {
        ObjectNode invoice = call.object(invoices.store());
        Params params = call.params();
        String id = Json.textOf(invoice, "id");
        params.needless("payment_method", "off_session", "paid_out_of_band"); // where nothing is due any more
        switch (Json.textOf(invoice, "status")) {
            case "paid" -> throw StripeError.invalid(null, "Invoice is already paid", null);
            case "void" -> throw StripeError.invalid(null, "Voided invoices cannot be paid.", null);
            case "draft" -> open(id);
            default -> {
                // Open or written off: payable as it is.
            }
        }
        if (Json.is(invoices.store().get(id), "status", "paid")) {
            return invoices.store().get(id);
        }
        if (params.isTrue("paid_out_of_band")) {
            invoices.paidWithoutPayment(id);
            return invoices.store().get(id);
        }
        Map<String, String> how = new HashMap<>();
        how.put("payment_method", Objects.requireNonNullElse(params.text("payment_method"), ""));
        how.put("off_session", Boolean.FALSE.equals(params.flag("off_session")) ? "false" : "true");
        refuseUnlessPaid(id, collection.attempt(id, how));
        return invoices.store().get(id);
    }

    private void refuseUnlessPaid(String id, Collected outcome) {
        switch (outcome) {
            case ACTION_REQUIRED -> {
                StripeError error = StripeError.card(
                        "invoice_payment_intent_requires_action",
                        null,
                        "This payment requires additional user action before it can be completed successfully. Payment can"
                                + " be completed using the PaymentIntent associated with the invoice. For more details"
                                + " see: https://stripe.com/docs/billing/subscriptions/overview#requires-action");
                payments.intent(id).ifPresent(intent -> {
                    StripeError unused = error.with("payment_intent", intent);
                });
                throw error.leavingChanges();
            }
            case NO_PAYMENT_METHOD ->
                throw StripeError.invalid(
                                "resource_missing",
                                "This customer has no attached payment source or default payment method. Please consider adding a"
                                        + " default payment method. For more information, visit"
                                        + " https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
                                null)
                        .leavingChanges(); // an attempt that failed: docs.stripe.com/api/events/types,
            // invoice.payment_failed
            default -> {
                // Paid, or on its way.
            }
        }
    }

    private ObjectNode send(Call call) {
        ObjectNode invoice = call.object(invoices.store());
        String id = Json.textOf(invoice, "id");
        if (!Json.is(invoice, "collection_method", "send_invoice")) {
            throw StripeError.invalid(
                    null, "You can only manually send an invoice if its collection method is 'send_invoice'.", null);
        }
        if (Json.is(invoice, "status", "draft")) {
            open(id);
        }
        invoices.tell("invoice.sent", id);
        return invoices.store().get(id);
    }

    private ObjectNode voidInvoice(Call call) {
        ObjectNode invoice = call.object(invoices.store());
        if (!Json.is(invoice, "status", "uncollectible")) {
            refuseUnlessOpen(invoice);
        }
        String id = Json.textOf(invoice, "id");
        if (invoices.isUnderWay(id)) {
            throw StripeError.invalid(null, "Invoices with `processing` payments cannot be voided.", null);
        }
        invoices.voided(id);
        return invoices.store().get(call.variable("id"));
    }

    private ObjectNode writeOff(Call call) {
        ObjectNode invoice = call.object(invoices.store());
        refuseUnlessOpen(invoice);
        invoices.uncollectible(Json.textOf(invoice, "id"));
        return invoices.store().get(call.variable("id"));
    }

    private static void refuseUnlessOpen(ObjectNode invoice) {
        if (!Json.is(invoice, "status", "open")) {
            throw StripeError.invalid(
                    "invoice_not_editable", "You can only pass in open invoices. This invoice isn't open.", null);
        }
    }
}
