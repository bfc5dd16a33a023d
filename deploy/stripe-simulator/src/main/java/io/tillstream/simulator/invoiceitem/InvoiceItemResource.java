package io.tillstream.simulator.invoiceitem;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Stores;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/invoiceitems}. */
@Component
class InvoiceItemResource implements Resource {
    private static final String[] COMMON = {
        "amount",
        "description",
        "discountable",
        "discounts.*",
        "metadata.*",
        "period.end",
        "period.start",
        "pricing.price",
        "price_data.*",
        "quantity",
        "quantity_decimal",
        "tax_behavior",
        "tax_code",
        "tax_rates",
        "unit_amount_decimal"
    };

    private final InvoiceItems items;
    private final Customers customers;
    private final Pricing pricing;
    private final Stores stores;

    InvoiceItemResource(InvoiceItems items, Customers customers, Pricing pricing, Stores stores) {
        this.items = items;
        this.customers = customers;
        this.pricing = pricing;
        this.stores = stores;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/invoiceitems", this::create)
                .takes(COMMON)
                .takes("customer", "customer_account", "currency", "invoice", "subscription");
        routes.get("/v1/invoiceitems", this::list).paged().takes("customer", "customer_account", "invoice", "pending");
        routes.get("/v1/invoiceitems/{id}", call -> call.object(items.store()));
        routes.post("/v1/invoiceitems/{id}", this::update).takes(COMMON);
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
        ObjectNode price = price(params);
        if (price == null && params.child("price_data") == null && !params.has("amount")) {
            params.required("unit_amount_decimal");
        }
        String currency = price != null
                ? Json.textOf(price, "currency")
                : Currencies.read(params.has("currency") ? params : data(params));
        String subscription = params.text("subscription");
        ObjectNode trial = Json.object();
        apply(params, trial, price);
        return items.add(customer, currency, item -> {
            apply(params, item, price);
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

    private static Params data(Params params) {
        Params data = params.child("price_data");
        return data == null ? params : data;
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

    private @Nullable ObjectNode price(Params params) {
        Params given = params.child("pricing");
        if (given == null) {
            return null;
        }
        String id = given.required("price");
        ObjectNode price =
                pricing.price(id).orElseThrow(() -> StripeError.missingReference("price", id, given.param("price")));
        if (Json.is(price, "type", "recurring")) {
            throw StripeError.invalid(
                    null,
                    "The price specified is set to `type=recurring` but this field only accepts prices with"
                            + " `type=one_time`.",
                    given.param("price"));
        }
        return price;
    }

    private void apply(Params params, ObjectNode item, @Nullable ObjectNode price) {
        params.copy(item, "description");
        Metadata.apply(params, item);
        Boolean discountable = params.flag("discountable");
        if (discountable != null) {
            item.put("discountable", discountable);
        }
        Params period = params.child("period");
        if (period != null) {
            item.putObject("period")
                    .put("end", period.requiredInteger("end"))
                    .put("start", period.requiredInteger("start"));
        }
        Long wanted = params.integer("quantity");
        long quantity = wanted == null ? Math.max(1, Json.number(item, "quantity")) : wanted;
        String id = price == null ? Json.text(item, "pricing.price_details.price") : Json.textOf(price, "id");
        long amount = amount(params, item, price, quantity);
        item.put("amount", amount).put("net_amount", amount);
        item.put("quantity", quantity).put("quantity_decimal", Long.toString(quantity));
        item.set("pricing", pricing.of(id, amount, quantity));
    }

    private static long amount(Params params, ObjectNode item, @Nullable ObjectNode price, long quantity) {
        Long amount = params.integer("amount");
        if (amount != null) {
            return amount;
        }
        Params data = params.child("price_data");
        String each = params.text("unit_amount_decimal");
        if (data != null) {
            String decimal = data.text("unit_amount_decimal");
            each = decimal == null ? Long.toString(data.requiredInteger("unit_amount")) : decimal;
        } else if (price != null) {
            each = Json.text(price, "unit_amount_decimal");
        } else if (each == null && params.has("quantity")) {
            each = Json.text(item, "pricing.unit_amount_decimal");
        }
        return each == null
                ? Json.number(item, "amount")
                : new BigDecimal(each)
                        .multiply(BigDecimal.valueOf(quantity))
                        .setScale(0, RoundingMode.HALF_UP)
                        .longValueExact();
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
        ObjectNode price = price(call.params());
        apply(call.params(), item.deepCopy(), price); // a refused change must leave nothing behind
        return items.change(Json.textOf(item, "id"), each -> apply(call.params(), each, price));
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
