package io.tillstream.simulator.creditnote;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.InvoiceCredit;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.taxrate.Taxes;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/credit_notes}: create, preview, retrieve, list, update, void, lines. */
@Component
class CreditNoteResource implements Resource {
    private static final String[] CREATE = {
        "amount",
        "credit_amount",
        "invoice",
        "lines.amount",
        "lines.description",
        "lines.invoice_line_item",
        "lines.quantity",
        "lines.type",
        "lines.unit_amount",
        "lines.unit_amount_decimal",
        "memo",
        "metadata.*",
        "out_of_band_amount",
        "reason",
        "refund_amount",
        "refunds.amount_refunded",
        "refunds.refund",
        "refunds.type=refund"
    };

    private final CreditNotes notes;
    private final CreditNoteLines lines;
    private final InvoiceCredit credit;
    private final PublicAddress address;
    private final BillingTime time;

    CreditNoteResource(
            CreditNotes notes, CreditNoteLines lines, InvoiceCredit credit, PublicAddress address, BillingTime time) {
        this.notes = notes;
        this.lines = lines;
        this.credit = credit;
        this.address = address;
        this.time = time;
    }

    /** A note that could be issued, and how its total reaches the customer. */
    private record Planned(ObjectNode note, Ways ways) {}

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/credit_notes", this::create).takesAnyOf(CREATE);
        routes.get("/v1/credit_notes/preview", call -> plan(call).note()).takesAnyOf(CREATE);
        routes.get(
                        "/v1/credit_notes/preview/lines",
                        call -> page(call, plan(call).note()))
                .paged()
                .takesAnyOf(CREATE);
        routes.get("/v1/credit_notes", this::list).paged().takes("customer", "invoice");
        routes.get("/v1/credit_notes/{id}", call -> call.object(notes.store()));
        routes.get("/v1/credit_notes/{id}/lines", call -> page(call, call.object(notes.store())))
                .paged();
        routes.post("/v1/credit_notes/{id}", this::update).takes("memo", "metadata.*");
        routes.post("/v1/credit_notes/{id}/void", this::voidNote);
    }

    private ObjectNode create(Call call) {
        Planned planned = plan(call);
        return notes.issue(planned.note(), planned.ways());
    }

    private Planned plan(Call call) {
        Params params = call.params();
        String id = params.required("invoice");
        ObjectNode invoice =
                credit.invoice(id).orElseThrow(() -> StripeError.missingReference("invoice", id, "invoice"));
        String status = Json.textOf(invoice, "status");
        if (status.equals("draft") || status.equals("void")) {
            throw StripeError.invalid(
                    null,
                    "You can only create credit notes for open or paid invoices. This one is " + status + ".",
                    null);
        }
        List<ObjectNode> items = lines.read(params, id);
        long total = total(params, items);
        Ways ways = Ways.read(params, invoice, total, credit.charge(id).isPresent());
        ObjectNode note = note(invoice, items, ways);
        String reason = params.oneOf("reason", "duplicate", "fraudulent", "order_change", "product_unsatisfactory");
        note.put("reason", reason);
        params.copy(note, "memo");
        Metadata.apply(params, note);
        params.children("refunds").forEach(refund -> note.withArray("refunds")
                .add(CreditNotes.refundOf(refund.required("refund"), refund.requiredInteger("amount_refunded"))));
        return new Planned(note, ways);
    }

    private static long total(Params params, List<ObjectNode> items) {
        Long amount = params.integer("amount");
        if (items.isEmpty()) {
            throw StripeError.malformed(
                    "parameter_missing", "You must specify either `amount`, `lines`, or `shipping_cost`.", "amount");
        }
        long total = items.stream().mapToLong(CreditNoteLines::total).sum();
        if (amount != null && amount != total) {
            throw StripeError.invalid(
                    null, "The amount " + amount + " does not match the lines, which come to " + total + ".", "amount");
        }
        if (total < 1) {
            throw StripeError.malformed(
                    "parameter_invalid_integer", "This value must be greater than or equal to 1.", "amount");
        }
        return total;
    }

    private ObjectNode note(ObjectNode invoice, List<ObjectNode> items, Ways ways) {
        String id = Ids.next("cn");
        long now = time.now();
        long total = ways.before() + ways.after();
        long off = items.stream()
                .mapToLong(line -> Json.number(line, "discount_amount"))
                .sum();
        ObjectNode note = Json.object("credit_note", id);
        note.put("amount", total).put("amount_shipping", 0).put("created", now);
        note.set("currency", invoice.get("currency"));
        note.set("customer", invoice.get("customer"));
        note.putNull("customer_account").putNull("customer_balance_transaction");
        note.put("discount_amount", off).set("discount_amounts", discounts(items));
        note.put("effective_at", now).put("invoice", Json.textOf(invoice, "id"));
        note.set("lines", Call.list("/v1/credit_notes/" + id + "/lines", new Query.Slice(items, false)));
        note.put("livemode", false).putNull("memo").putObject("metadata");
        note.put("number", notes.nextNumber(invoice));
        note.put("out_of_band_amount", ways.outside() == 0 ? null : ways.outside());
        note.put("pdf", address.of("/credit_notes/" + id + "/pdf"));
        note.put("post_payment_amount", ways.after()).put("pre_payment_amount", ways.before());
        note.putArray("pretax_credit_amounts");
        note.putNull("reason").putArray("refunds");
        note.putNull("shipping_cost").put("status", "issued");
        long subtotal =
                items.stream().mapToLong(line -> Json.number(line, "amount")).sum();
        ArrayNode taxes = note.putArray("total_taxes");
        long tax = Taxes.total(items, taxes);
        note.put("subtotal", subtotal).put("subtotal_excluding_tax", subtotal - Taxes.inclusive(taxes));
        note.put("total", total).put("total_excluding_tax", total - tax);
        return note.put("type", ways.before() > 0 ? "pre_payment" : "post_payment")
                .putNull("voided_at");
    }

    private static ArrayNode discounts(List<ObjectNode> items) {
        ArrayNode all = Json.array(List.of());
        items.forEach(line -> line.path("discount_amounts").forEach(all::add));
        return all;
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        return call.list(
                notes.store(),
                new Query(notes.store())
                        .where("customer", params.text("customer"))
                        .where("invoice", params.text("invoice")));
    }

    private static ObjectNode page(Call call, ObjectNode note) {
        List<ObjectNode> all = new ArrayList<>();
        String after = call.params().text("starting_after");
        int from = 0;
        for (JsonNode line : note.path("lines").path("data")) {
            all.add((ObjectNode) line);
            from = after != null && Json.is(line, "id", after) ? all.size() : from;
        }
        int to = Math.min(all.size(), from + call.limit());
        return Call.list(call.url(), new Query.Slice(all.subList(from, to), to < all.size()));
    }

    private ObjectNode update(Call call) {
        ObjectNode note = call.object(notes.store());
        Metadata.apply(call.params(), note);
        return notes.change(Json.textOf(note, "id"), each -> {
            call.params().copy(each, "memo");
            Metadata.apply(call.params(), each);
        });
    }

    private ObjectNode voidNote(Call call) {
        ObjectNode note = call.object(notes.store());
        boolean open = credit.invoice(Json.textOf(note, "invoice"))
                .filter(invoice -> Json.is(invoice, "status", "open"))
                .isPresent();
        if (!Json.is(note, "status", "issued") || !open) {
            throw StripeError.invalid(null, "You can only void an issued credit note whose invoice is open.", null);
        }
        return notes.voided(note);
    }
}
