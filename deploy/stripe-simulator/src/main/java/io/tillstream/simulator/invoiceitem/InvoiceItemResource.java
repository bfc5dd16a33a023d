package io.tillstream.simulator.invoiceitem;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Stores;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/invoiceitems}. */
@Component
class InvoiceItemResource implements Resource {
    private final InvoiceItems items;
    private final Customers customers;
    private final ItemParams reading;
    private final Stores stores;

    InvoiceItemResource(InvoiceItems items, Customers customers, ItemParams reading, Stores stores) {
        this.items = items;
        this.customers = customers;
        this.reading = reading;
        this.stores = stores;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/invoiceitems", this::create)
                .takesAnyOf(ItemParams.COMMON)
                .takes("customer", "currency", "invoice", "subscription");
        routes.get("/v1/invoiceitems", this::list).paged().takes("customer", "invoice", "pending");
        routes.get("/v1/invoiceitems/{id}", call -> call.object(items.store()));
        routes.post("/v1/invoiceitems/{id}", this::update).takesAnyOf(ItemParams.COMMON);
        routes.delete("/v1/invoiceitems/{id}", this::delete);
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        ObjectNode invoice = draft(params.text("invoice"));
        String customer = invoice != null && !params.has("customer")
                ? Json.textOf(invoice, "customer")
                : params.required("customer");
        ObjectNode unused = customers
                .store()
                .find(customer)
                .filter(found -> !Json.isTrue(found, "deleted"))
                .orElseThrow(() -> StripeError.missingReference("customer", customer, "customer"));
        ObjectNode price = reading.price(params);
        String currency = reading.currency(params, price);
        String subscription = params.text("subscription");
        if (invoice != null) {
            refuseOther(invoice, "invoice", currency);
        }
        if (subscription != null) {
            refuseOther(ofCustomer(subscription, customer), "subscription", currency);
        }
        reading.apply(params, Json.object(), price); // a refused item must leave nothing behind
        return items.add(customer, currency, item -> {
            reading.apply(params, item, price);
            reading.discount(params, item);
            item.put("invoice", invoice == null ? null : Json.textOf(invoice, "id"));
            if (subscription != null) {
                item.putObject("parent")
                        .put("type", "subscription_details")
                        .putObject("subscription_details")
                        .put("subscription", subscription)
                        .putNull("subscription_item");
            }
        });
    }

    private ObjectNode ofCustomer(String subscription, String customer) {
        return stores.ofType("subscription")
                .flatMap(all -> all.find(subscription))
                .filter(found -> Json.is(found, "customer", customer))
                .orElseThrow(() -> StripeError.missingReference("subscription", subscription, "subscription"));
    }

    /** Items that wait may be of any currency, and an invoice takes those of its own: what goes on one has to be of that. */
    private static void refuseOther(ObjectNode billed, String type, String currency) {
        if (!Json.is(billed, "currency", currency)) {
            throw StripeError.invalid(
                    null,
                    "The currency of the invoice item (" + currency + ") does not match that of the " + type + " ("
                            + Json.textOf(billed, "currency") + ").",
                    "currency");
        }
    }

    private @Nullable ObjectNode draft(@Nullable String id) {
        if (id == null) {
            return null;
        }
        ObjectNode invoice = stores.ofType("invoice")
                .flatMap(all -> all.find(id))
                .orElseThrow(() -> StripeError.missingReference("invoice", id, "invoice"));
        refuseUnlessDraft(invoice);
        return invoice;
    }

    private static void refuseUnlessDraft(ObjectNode invoice) {
        if (!Json.is(invoice, "status", "draft")) {
            throw StripeError.invalid(
                    "invoice_not_editable",
                    "The invoice " + Json.textOf(invoice, "id")
                            + " is not a draft, so its invoice items cannot be changed.",
                    "invoice");
        }
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        Boolean pending = params.flag("pending");
        Query query = new Query(items.store())
                .where("customer", params.text("customer"))
                .where("invoice", params.text("invoice"));
        if (pending != null) {
            query.where(item -> pending != Json.present(item, "invoice"));
        }
        return call.list(items.store(), query);
    }

    private ObjectNode update(Call call) {
        ObjectNode item = editable(call);
        ObjectNode price = reading.price(call.params());
        reading.refuseOther(call.params(), price, item);
        reading.apply(call.params(), item.deepCopy(), price); // a refused change must leave nothing behind
        return items.change(Json.textOf(item, "id"), each -> {
            reading.apply(call.params(), each, price);
            reading.discount(call.params(), each);
        });
    }

    private ObjectNode delete(Call call) {
        ObjectNode item = editable(call);
        items.delete(item);
        return Json.object("invoiceitem", Json.textOf(item, "id")).put("deleted", true);
    }

    private ObjectNode editable(Call call) {
        ObjectNode item = call.object(items.store());
        String invoice = Json.text(item, "invoice");
        if (invoice != null) {
            stores.find(invoice).ifPresent(InvoiceItemResource::refuseUnlessDraft);
        }
        return item;
    }
}
