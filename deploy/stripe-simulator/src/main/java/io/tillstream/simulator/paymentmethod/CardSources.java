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
import io.tillstream.simulator.state.Stores;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/customers/:id/sources}: cards of the older API, made of a token. Each is a payment method too, by the same id
 * (docs.stripe.com/payments/payment-methods/transitioning), so that intents and invoices charge it like any other.
 */
@Component
public class CardSources implements Resource {
    private static final String[] TEXTS = {
        "address_city", "address_country", "address_line1", "address_line2", "address_state", "address_zip", "name"
    };

    private final Events events;
    private final Customers customers;
    private final PaymentMethods methods;
    private final NewPaymentMethods made;
    private final Cards expiry;
    private final Store cards;

    CardSources(
            Events events,
            Customers customers,
            PaymentMethods methods,
            NewPaymentMethods made,
            Cards expiry,
            Stores stores) {
        this.events = events;
        this.customers = customers;
        this.methods = methods;
        this.made = made;
        this.expiry = expiry;
        this.cards = stores.open("card", "card", "customer");
        customers.uponCreation(each -> {
            String source = each.call().params().text("source");
            if (source != null) {
                ObjectNode unused = add(Json.textOf(each.customer(), "id"), source, null);
            }
        });
        customers.beforeUpdate(this::replaceDefault);
        events.follow((type, object) -> {
            if (type.equals("payment_method.detached")) {
                forget(Json.textOf(object, "id"));
            }
        });
    }

    @Override
    public void addTo(Routes routes) {
        String all = "/v1/customers/{customer}/sources";
        routes.post(all, this::create).takes("source", "metadata.*");
        routes.get(all, this::list).paged().takes("object");
        routes.get(all + "/{id}", this::ofCustomer);
        routes.post(all + "/{id}", this::update).takes(TEXTS).takes("exp_month", "exp_year", "metadata.*");
        routes.delete(all + "/{id}", this::delete);
    }

    private ObjectNode create(Call call) {
        String customer = customer(call);
        Metadata.apply(call.params(), Json.object());
        return add(customer, call.params().required("source"), call.params());
    }

    /** The first one becomes the customer's default. */
    private ObjectNode add(String customer, String token, @Nullable Params params) {
        ObjectNode method = made.ofToken(token, "source");
        String id = "card_" + Json.textOf(method, "id").substring("pm_".length());
        methods.store().add(method.put("id", id));
        methods.attach(id, customer);
        ObjectNode card = card(methods.store().get(id), customer);
        if (params != null) {
            Metadata.apply(params, card);
        }
        cards.add(card);
        events.emit("customer.source.created", card);
        if (!Json.present(customers.store().get(customer), "default_source")) {
            customers.store().update(customer, each -> each.put("default_source", id));
        }
        return card;
    }

    /** A card for one payment, of a token; it belongs to nobody. */
    public ObjectNode once(String token) {
        ObjectNode method = made.ofToken(token, "source");
        method.put("id", "card_" + Json.textOf(method, "id").substring("pm_".length()));
        methods.store().add(method);
        methods.spend(Json.textOf(method, "id"));
        return method;
    }

    /** A payment method as the older API shows it: the card that it is, null if it is none. */
    public @Nullable ObjectNode card(ObjectNode method) {
        return method.path("card").isObject()
                ? cards.find(Json.textOf(method, "id")).orElseGet(() -> card(method, Json.text(method, "customer")))
                : null;
    }

    private static ObjectNode card(ObjectNode method, @Nullable String customer) {
        ObjectNode details = (ObjectNode) method.get("card");
        ObjectNode billing = (ObjectNode) method.get("billing_details");
        ObjectNode card = Json.object("card", Json.textOf(method, "id"));
        for (String field : TEXTS) {
            card.putNull(field);
        }
        card.put("address_zip", Json.text(billing.path("address"), "postal_code"))
                .put("name", Json.text(billing, "name"));
        card.putNull("address_line1_check").putNull("address_zip_check").putNull("allow_redisplay");
        card.put("brand", PaymentMethodJson.spokenBrand(Json.textOf(details, "brand")));
        card.put("country", Json.text(details, "country")).put("customer", customer);
        card.put("cvc_check", Json.text(details.path("checks"), "cvc_check")).putNull("dynamic_last4");
        card.set("exp_month", details.get("exp_month"));
        card.set("exp_year", details.get("exp_year"));
        card.set("fingerprint", details.get("fingerprint"));
        card.set("funding", details.get("funding"));
        card.set("last4", details.get("last4"));
        card.putObject("metadata");
        card.putObject("networks").putNull("preferred");
        return card.put("regulated_status", "unregulated").putNull("tokenization_method");
    }

    /** A token in an update is the new default, in the place of the old one, which goes. */
    private void replaceDefault(String customer, Params params) {
        String source = params.text("source");
        if (source == null) {
            return;
        }
        String old = Json.text(customers.store().get(customer), "default_source");
        ObjectNode added = add(customer, source, null);
        customers.store().update(customer, each -> each.put("default_source", Json.textOf(added, "id")));
        if (old != null) {
            remove(old);
        }
    }

    private ObjectNode list(Call call) {
        String customer = customer(call);
        String kind = call.params().text("object");
        Query query = new Query(cards).where("customer", customer);
        return call.list(cards, kind == null ? query : query.where("object", kind));
    }

    private ObjectNode update(Call call) {
        ObjectNode card = ofCustomer(call);
        String id = Json.textOf(card, "id");
        Params params = call.params();
        apply(params, card);
        Store.Change change = cards.update(id, each -> apply(params, each));
        methods.store().update(id, each -> {
            ObjectNode details = (ObjectNode) each.get("card");
            details.set("exp_month", change.object().get("exp_month"));
            details.set("exp_year", change.object().get("exp_year"));
            ((ObjectNode) each.get("billing_details"))
                    .set("name", change.object().get("name"));
        });
        events.changed("customer.source.updated", change);
        return change.object();
    }

    private void apply(Params params, ObjectNode card) {
        params.copy(card, TEXTS);
        Metadata.apply(params, card);
        Long month = params.integer("exp_month");
        Long year = params.integer("exp_year");
        if (month != null || year != null) {
            int newMonth = (int) (month == null ? Json.number(card, "exp_month") : month);
            int newYear = (int) (year == null ? Json.number(card, "exp_year") : year);
            expiry.refuseBadExpiry(params, newMonth, newYear);
            card.put("exp_month", newMonth).put("exp_year", newYear);
        }
    }

    private ObjectNode delete(Call call) {
        String id = Json.textOf(ofCustomer(call), "id");
        remove(id);
        return Json.object("card", id).put("deleted", true);
    }

    /** The payment method goes with the card, and both are told. */
    private void remove(String id) {
        if (methods.store()
                .find(id)
                .filter(each -> Json.present(each, "customer"))
                .isPresent()) {
            methods.detach(id);
        }
    }

    /** A card whose payment method was detached; the newest one that is left is the default then. */
    private void forget(String id) {
        ObjectNode card = cards.find(id).orElse(null);
        if (card == null) {
            return;
        }
        cards.delete(id, null);
        events.emit("customer.source.deleted", card);
        String customer = Json.textOf(card, "customer");
        boolean wasDefault = customers
                .store()
                .find(customer)
                .filter(each -> Json.is(each, "default_source", id))
                .isPresent();
        if (wasDefault) {
            String next = new Query(cards)
                    .where("customer", customer)
                    .newest()
                    .map(each -> Json.textOf(each, "id"))
                    .orElse(null);
            customers.change(customer, each -> each.put("default_source", next));
        }
    }

    private ObjectNode ofCustomer(Call call) {
        String customer = customer(call);
        String id = call.variable("id");
        return cards.find(id)
                .filter(card -> Json.is(card, "customer", customer))
                .orElseThrow(() -> StripeError.missing("source", id, "id"));
    }

    private String customer(Call call) {
        String id = call.variable("customer");
        return customers
                .store()
                .find(id)
                .filter(each -> !Json.isTrue(each, "deleted"))
                .map(each -> id)
                .orElseThrow(() -> StripeError.missing("customer", id, "customer"));
    }
}
