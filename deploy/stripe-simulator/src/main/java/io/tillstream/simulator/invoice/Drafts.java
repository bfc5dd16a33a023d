package io.tillstream.simulator.invoice;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.invoiceitem.InvoiceItems;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts invoices together: lines, pending items, discounts, sums. */
@Component
class Drafts {
    private final InvoiceJson json;
    private final InvoiceLines lines;
    private final InvoiceItems items;
    private final Invoices invoices;
    private final Events events;
    private final Discounts discounts;
    private final InvoiceTotals totals;

    Drafts(
            InvoiceJson json,
            InvoiceLines lines,
            InvoiceItems items,
            Invoices invoices,
            Events events,
            Discounts discounts,
            InvoiceTotals totals) {
        this.json = json;
        this.lines = lines;
        this.items = items;
        this.invoices = invoices;
        this.events = events;
        this.discounts = discounts;
        this.totals = totals;
        items.uponChange(this::refresh);
    }

    /** Not stored, and without an id that could be asked for. */
    ObjectNode preview(InvoiceRequest request, boolean withPending, Consumer<ObjectNode> extra) {
        ObjectNode invoice = json.of(request).put("id", Ids.next("upcoming_in"));
        extra.accept(invoice);
        if (Json.present(invoice, "next_payment_attempt")
                && request.billingReason().equals("upcoming")) {
            long next = request.periodEnd() + InvoiceJson.DRAFT_TIME.toSeconds();
            invoice.put("next_payment_attempt", next).put("automatically_finalizes_at", next);
        }
        Map<String, LineOverrides> terms = new HashMap<>();
        List<ObjectNode> all = linesOf(request, withPending ? pending(request) : List.of(), line -> {
            ObjectNode made = lines.of(line, request.currency(), request.subscriptionMetadata());
            terms.put(Json.textOf(made, "id"), line.terms());
            return made;
        });
        totals.apply(invoice, all, reductions(invoice, request.discounts()), terms);
        String id = Json.textOf(invoice, "id");
        all.forEach(line -> line.put("id", Ids.next("il_tmp")).put("invoice", id));
        invoice.set("lines", Call.list("/v1/invoices/" + id + "/lines", new Query.Slice(all, false)));
        return invoice;
    }

    /** Stored and told. {@code extra} may set what a request does not say. */
    String draft(InvoiceRequest request, boolean withPending, Consumer<ObjectNode> extra) {
        ObjectNode invoice = json.of(request);
        extra.accept(invoice);
        String id = Json.textOf(invoice, "id");
        List<ObjectNode> taken = withPending ? pending(request) : List.of();
        List<ObjectNode> all = linesOf(request, taken, line -> itemFor(line, request, id));
        totals.apply(invoice, all, reductions(invoice, request.discounts()));
        lines.replace(id, all);
        taken.forEach(item -> items.put(Json.textOf(item, "id"), id));
        invoice.set("lines", InvoiceLines.page(id, all));
        json.settleCurrency(invoice);
        invoices.add(invoice);
        return id;
    }

    private List<ObjectNode> pending(InvoiceRequest request) {
        return items.pending(request.customer(), request.currency(), request.subscription());
    }

    /** Stripe's order: pending items, the newest first, then what the subscription bills. */
    private List<ObjectNode> linesOf(
            InvoiceRequest request, List<ObjectNode> pending, Function<InvoiceLine, ObjectNode> made) {
        List<ObjectNode> all = new ArrayList<>();
        pending.forEach(item -> all.add(lines.of(item)));
        Collections.reverse(all);
        request.lines().forEach(line -> all.add(made.apply(line)));
        return all;
    }

    /** What is sold once beside a subscription's items is an invoice item, as if it had been pending. */
    private ObjectNode itemFor(InvoiceLine line, InvoiceRequest request, String id) {
        if (line.subscriptionItem() != null || line.invoiceItem() != null) {
            return lines.of(line, request.currency(), request.subscriptionMetadata());
        }
        return lines.of(items.add(request.customer(), request.currency(), item -> {
            lines.describe(item, line);
            item.put("invoice", id);
        }));
    }

    /** An item of this draft was added, changed or taken away, or its discounts were. */
    void refresh(String id) {
        ObjectNode invoice = invoices.store().find(id).orElse(null);
        if (invoice == null || !Json.is(invoice, "status", "draft")) {
            return;
        }
        List<ObjectNode> on = items.on(id);
        List<ObjectNode> all = new ArrayList<>();
        for (ObjectNode line : lines.on(id)) {
            String item = itemOf(line);
            if (item == null) {
                all.add(line);
                continue;
            }
            on.stream()
                    .filter(each -> Json.is(each, "id", item))
                    .forEach(each -> all.add(lines.of(each).put("id", Json.textOf(line, "id"))));
        }
        List<@Nullable String> known = all.stream().map(Drafts::itemOf).toList();
        on.stream().filter(item -> !known.contains(Json.textOf(item, "id"))).forEach(item -> all.add(lines.of(item)));
        json.describeCustomer(invoice);
        totals.apply(invoice, all, reductions(invoice, List.of()));
        lines.replace(id, all);
        invoice.set("lines", InvoiceLines.page(id, all));
        invoices.change(id, each -> each.setAll(invoice));
    }

    private static @Nullable String itemOf(ObjectNode line) {
        String item = Json.text(line, "parent.invoice_item_details.invoice_item");
        return item == null ? Json.text(line, "parent.subscription_item_details.invoice_item") : item;
    }

    /** The discounts of an invoice; those that are given need not be stored. */
    private List<ObjectNode> reductions(ObjectNode invoice, List<ObjectNode> given) {
        List<ObjectNode> reductions = new ArrayList<>();
        for (JsonNode id : invoice.path("discounts")) {
            given.stream()
                    .filter(discount -> Json.is(discount, "id", id.asString()))
                    .findFirst()
                    .or(() -> discounts.store().find(id.asString()))
                    .ifPresent(reductions::add);
        }
        return reductions;
    }

    /** Before a draft is finalized: what is known of the customer by now. */
    void describeCustomer(String id) {
        invoices.store().update(id, json::describeCustomer);
    }

    /** Takes a draft away; its items wait for an invoice again. */
    void delete(String id) {
        ObjectNode invoice = invoices.store().get(id);
        lines.replace(id, List.of());
        items.on(id).forEach(item -> items.put(Json.textOf(item, "id"), null));
        invoices.store().delete(id, null);
        events.emit("invoice.deleted", invoice);
    }
}
