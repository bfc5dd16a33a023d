package io.tillstream.simulator.invoice;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/invoices}: create, retrieve, list, update, delete, lines; and the payments of invoices. */
@Component
class InvoiceResource implements Resource {
    /** What can still be changed when an invoice is no draft any more. */
    private static final Set<String> ALWAYS_EDITABLE = Set.of(
            "auto_advance",
            "default_payment_method",
            "default_source",
            "expand",
            "footer",
            "metadata",
            "payment_settings",
            "statement_descriptor");

    private final Invoicing invoicing;
    private final Invoices invoices;
    private final InvoiceLines lines;
    private final InvoicePayments payments;
    private final Drafts drafts;
    private final InvoiceParams reading;
    private final BillingTime time;

    InvoiceResource(
            Invoicing invoicing,
            Invoices invoices,
            InvoiceLines lines,
            InvoicePayments payments,
            Drafts drafts,
            InvoiceParams reading,
            BillingTime time) {
        this.invoicing = invoicing;
        this.invoices = invoices;
        this.lines = lines;
        this.payments = payments;
        this.drafts = drafts;
        this.reading = reading;
        this.time = time;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/invoices", this::create)
                .takesAnyOf(InvoiceParams.COMMON)
                .takesAnyOf(InvoiceParams.CREATE);
        routes.get("/v1/invoices", this::list)
                .paged()
                .takes("customer", "subscription", "status", "collection_method")
                .takes("due_date", "due_date.*");
        routes.get("/v1/invoices/{id}", this::invoice);
        routes.post("/v1/invoices/{id}", this::update).takesAnyOf(InvoiceParams.COMMON);
        routes.delete("/v1/invoices/{id}", this::delete);
        routes.get("/v1/invoices/{id}/lines", this::lines).paged();
        routes.get("/v1/invoice_payments", this::listPayments)
                .paged()
                .takes("invoice", "status", "payment.type", "payment.payment_intent");
        routes.get("/v1/invoice_payments/{id}", call -> call.object(payments.store()));
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        InvoiceRequest request = reading.request(params);
        boolean pending = "include"
                .equals(params.oneOf("pending_invoice_items_behavior", "exclude", "include", "include_and_require"));
        String id = invoicing.draft(request, pending, invoice -> {
            reading.apply(params, invoice);
            reading.discount(params, invoice);
        });
        return invoices.store().get(id);
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        Query query = new Query(invoices.store())
                .where("customer", params.text("customer"))
                .where(Invoices.SUBSCRIPTION, params.text("subscription"))
                .where("status", params.oneOf("status", "draft", "open", "paid", "uncollectible", "void"))
                .where("collection_method", params.oneOf("collection_method", "charge_automatically", "send_invoice"));
        dueWithin(params, query);
        return call.list(invoices.store(), query);
    }

    /** {@code due_date=n} or {@code due_date[gt|gte|lt|lte]=n}. */
    private static void dueWithin(Params params, Query query) {
        if (!params.has("due_date")) {
            return;
        }
        if (params.isText("due_date")) {
            Long at = params.integer("due_date");
            query.where(invoice -> at == null || Json.number(invoice, "due_date") == at);
            return;
        }
        Params range = Objects.requireNonNull(params.child("due_date"));
        query.where(invoice -> Json.present(invoice, "due_date"));
        for (String bound : range.names()) {
            long limit = range.requiredInteger(bound);
            query.where(invoice -> {
                int compared = Long.compare(Json.number(invoice, "due_date"), limit);
                return switch (bound) {
                    case "gt" -> compared > 0;
                    case "gte" -> compared >= 0;
                    case "lt" -> compared < 0;
                    default -> compared <= 0;
                };
            });
        }
    }

    private ObjectNode update(Call call) {
        ObjectNode invoice = call.object(invoices.store());
        Params params = call.params();
        boolean draft = Json.is(invoice, "status", "draft");
        if (!draft && !ALWAYS_EDITABLE.containsAll(params.names())) {
            throw StripeError.invalid(
                    "invoice_not_editable",
                    "Finalized invoices can't be updated in this way: only drafts can. You can still change its"
                            + " metadata and how it is collected.",
                    null);
        }
        reading.apply(params, invoice.deepCopy()); // a refused change must leave nothing behind
        boolean advanced = Json.isTrue(invoice, "auto_advance");
        ObjectNode changed = invoices.change(Json.textOf(invoice, "id"), each -> {
            reading.apply(params, each);
            if (draft) {
                reschedule(each, invoice);
            }
        });
        String id = Json.textOf(changed, "id");
        if (draft && !advanced && Json.isTrue(changed, "auto_advance")) {
            invoicing.advanceLater(id);
        }
        if (params.has("discounts")) {
            invoices.store().update(id, each -> reading.discount(params, each));
        }
        if (params.has("discounts") || params.has("default_tax_rates")) {
            drafts.refresh(id);
        }
        return invoices.store().get(id);
    }

    /** A draft that is to advance now is finalized an hour from now. */
    private void reschedule(ObjectNode invoice, ObjectNode before) {
        if (Json.isTrue(invoice, "auto_advance") == Json.isTrue(before, "auto_advance")) {
            return;
        }
        if (Json.isTrue(invoice, "auto_advance")) {
            invoice.put("automatically_finalizes_at", time.now() + InvoiceJson.DRAFT_TIME.toSeconds());
        } else {
            invoice.putNull("automatically_finalizes_at").putNull("next_payment_attempt");
        }
    }

    private ObjectNode delete(Call call) {
        ObjectNode invoice = call.object(invoices.store());
        if (!Json.is(invoice, "status", "draft")) {
            throw StripeError.invalid(
                    "invoice_not_editable",
                    "You can only delete draft invoices. This invoice is " + Json.textOf(invoice, "status")
                            + "; to undo it, void it.",
                    null);
        }
        if (Json.present(invoice, "parent")) {
            throw StripeError.invalid(
                    null, "You can't delete invoices created by subscriptions. Finalize and void it instead.", null);
        }
        drafts.delete(Json.textOf(invoice, "id"));
        return Json.object("invoice", Json.textOf(invoice, "id")).put("deleted", true);
    }

    /** Stripe keeps previews for 72 hours (docs.stripe.com/invoicing/preview); here they are not kept. */
    private ObjectNode invoice(Call call) {
        if (call.variable("id").startsWith("upcoming_in_")) {
            throw StripeError.of(
                    404,
                    "invalid_request_error",
                    "operation_not_simulated",
                    "The stand-in for Stripe does not keep previews of invoices. Stripe itself does.");
        }
        return call.object(invoices.store());
    }

    private ObjectNode lines(Call call) {
        ObjectNode unused = invoice(call);
        List<ObjectNode> all = lines.on(call.variable("id"));
        String after = call.params().text("starting_after");
        int from = 0;
        for (int i = 0; i < all.size(); i++) {
            from = after != null && Json.is(all.get(i), "id", after) ? i + 1 : from;
        }
        int to = Math.min(all.size(), from + call.limit());
        return Call.list(call.url(), new Query.Slice(all.subList(from, to), to < all.size()));
    }

    private ObjectNode listPayments(Call call) {
        Params params = call.params();
        Params payment = params.child("payment");
        Query query = new Query(payments.store())
                .where("invoice", params.text("invoice"))
                .where("status", params.oneOf("status", "canceled", "open", "paid"))
                .where("payment.payment_intent", payment == null ? null : payment.text("payment_intent"))
                .where("payment.type", payment == null ? null : payment.text("type"));
        return call.list(payments.store(), query);
    }
}
