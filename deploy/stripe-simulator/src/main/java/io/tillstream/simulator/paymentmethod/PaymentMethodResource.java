package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/payment_methods}, and those of one customer. */
@Component
class PaymentMethodResource implements Resource {
    private final PaymentMethods methods;
    private final Customers customers;
    private final Cards cards;
    private final Events events;

    PaymentMethodResource(PaymentMethods methods, Customers customers, Cards cards, Events events) {
        this.methods = methods;
        this.customers = customers;
        this.cards = cards;
        this.events = events;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/payment_methods", this::create)
                .takesAnyOf(PaymentMethods.DATA.toArray(new String[0]))
                .openToBrowsers();
        routes.get("/v1/payment_methods", this::list).paged().takes("customer", "type", "allow_redisplay");
        routes.get("/v1/payment_methods/{id}", call -> call.object(methods.store(), "payment_method"));
        routes.post("/v1/payment_methods/{id}", this::update)
                .takes("billing_details.*", "card.exp_month", "card.exp_year", "metadata.*", "allow_redisplay");
        routes.post("/v1/payment_methods/{id}/attach", this::attach).takes("customer");
        routes.post("/v1/payment_methods/{id}/detach", this::detach);
        routes.get("/v1/customers/{customer}/payment_methods", this::listOfCustomer)
                .paged()
                .takes("type", "allow_redisplay");
        routes.get("/v1/customers/{customer}/payment_methods/{id}", this::ofCustomer);
    }

    private ObjectNode create(Call call) {
        return methods.create(call.params());
    }

    private ObjectNode list(Call call) {
        call.referenced(customers.store(), "customer");
        return call.list(methods.store(), query(call, call.params().text("customer")));
    }

    private ObjectNode listOfCustomer(Call call) {
        return call.list(methods.store(), query(call, customer(call)));
    }

    private Query query(Call call, @org.jspecify.annotations.Nullable String customer) {
        Query query = new Query(methods.store())
                .where("type", call.params().text("type"))
                .where("allow_redisplay", call.params().text("allow_redisplay"));
        return customer == null
                ? query.where(method -> false) // without a customer Stripe lists Treasury's only
                : query.where("customer", customer);
    }

    private String customer(Call call) {
        String id = call.variable("customer");
        return customers
                .store()
                .find(id)
                .map(customer -> id)
                .orElseThrow(() -> StripeError.missing("customer", id, "customer"));
    }

    private ObjectNode ofCustomer(Call call) {
        String customer = customer(call);
        ObjectNode method = call.object(methods.store(), "payment_method");
        if (!Json.is(method, "customer", customer)) {
            throw StripeError.missing("payment_method", call.variable("id"), "payment_method");
        }
        return method;
    }

    private ObjectNode update(Call call) {
        ObjectNode method = call.object(methods.store(), "payment_method");
        if (!Json.present(method, "customer")) {
            throw StripeError.invalid(
                    null, "You must save this PaymentMethod to a customer before you can update it.", null);
        }
        apply(call.params(), method.deepCopy());
        Store.Change change = methods.store().update(call.variable("id"), each -> apply(call.params(), each));
        events.changed("payment_method.updated", change);
        return change.object();
    }

    private void apply(Params params, ObjectNode method) {
        NewPaymentMethods.refuseBadEmail(params);
        Metadata.apply(params, method);
        params.copy(method, "allow_redisplay");
        if (params.has("billing_details")) {
            params.copyObject(method, "billing_details", (ObjectNode) method.get("billing_details"));
        }
        Params card = params.child("card");
        if (card != null && method.get("card") instanceof ObjectNode details) {
            Long month = card.integer("exp_month");
            Long year = card.integer("exp_year");
            int newMonth = month == null ? (int) Json.number(details, "exp_month") : month.intValue();
            int newYear = year == null ? (int) Json.number(details, "exp_year") : year.intValue();
            cards.refuseBadExpiry(card, newMonth, newYear);
            details.put("exp_month", newMonth).put("exp_year", newYear);
        }
    }

    private ObjectNode attach(Call call) {
        String customer = call.params().required("customer");
        call.referenced(customers.store(), "customer");
        ObjectNode method = methods.resolve(call.variable("id"), "payment_method");
        return methods.attach(Json.textOf(method, "id"), customer);
    }

    private ObjectNode detach(Call call) {
        call.object(methods.store(), "payment_method");
        return methods.detach(call.variable("id"));
    }
}
