package io.tillstream.simulator.checkout;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.CustomerCurrencies;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentintent.PaymentIntents;
import io.tillstream.simulator.setupintent.SetupIntents;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/checkout/sessions}: create, retrieve, list, update, expire, line items. */
@Component
class Sessions implements Resource {
    private static final Set<String> OPEN =
            Set.of("requires_payment_method", "requires_confirmation", "requires_action");

    private final Timeline timeline;
    private final Events events;
    private final LineItems lines;
    private final OwnCalls stripe;
    private final PublicAddress address;
    private final Stores stores;
    private final SessionPlans plans;
    private final SessionDiscounts discounts;
    private final CustomerCurrencies currencies;
    private final CheckoutSessionCheck promises;
    private final Store sessions;
    private final Work expiry;

    Sessions(
            Timeline timeline,
            Events events,
            LineItems lines,
            OwnCalls stripe,
            PublicAddress address,
            SessionPlans plans,
            SessionDiscounts discounts,
            PaymentIntents intents,
            SetupIntents setups,
            CustomerCurrencies currencies,
            CheckoutSessionCheck promises,
            Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.lines = lines;
        this.stripe = stripe;
        this.address = address;
        this.stores = stores;
        this.plans = plans;
        this.discounts = discounts;
        this.expiry = timeline.work("checkout.expiry", with -> expireIfOpen(with.get(0)));
        this.currencies = currencies;
        this.promises = promises;
        currencies.usedBy(this::openCurrencies);
        this.sessions =
                stores.open("checkout.session", "cs", "payment_intent", "setup_intent", "customer", "subscription");
        intents.ownedBy(id -> isOpen("payment_intent", id));
        setups.ownedBy(id -> isOpen("setup_intent", id));
        sessions.includes("line_items", this::firstLines);
    }

    Store store() {
        return sessions;
    }

    private boolean isOpen(String intent, String id) {
        return new Query(sessions)
                .where(intent, id)
                .where("status", "open")
                .newest()
                .isPresent();
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/checkout/sessions", this::create).takesAnyOf(SessionJson.PARAMS);
        routes.get("/v1/checkout/sessions", this::list)
                .paged()
                .takes("payment_intent", "customer", "customer_details.email")
                .takes("status", "subscription");
        routes.get("/v1/checkout/sessions/{id}", call -> call.object(sessions, "session"));
        routes.post("/v1/checkout/sessions/{id}", this::update).takes("metadata.*", "collected_information.*");
        routes.post("/v1/checkout/sessions/{id}/expire", this::expire);
        routes.get("/v1/checkout/sessions/{id}/line_items", this::lineItems).paged();
    }

    /** Refuses what no session can be made of; nothing is made. */
    void check(Params params) {
        List<ObjectNode> sold = lines.read(params, timeline.now());
        discounts.reduce(params, sold);
        promises.check(SessionJson.create(params, sold, timeline.now()), params, sold);
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        List<ObjectNode> sold = lines.read(params, timeline.now());
        if (params.has("customer")) {
            knownCustomer(params.required("customer"));
        }
        List<Discounts.Wanted> off = discounts.reduce(params, sold);
        ObjectNode session = SessionJson.create(params, sold, timeline.now());
        promises.check(session, params, sold);
        String id = Json.textOf(session, "id");
        String customer = params.text("customer");
        if (customer != null) {
            session.put("customer", customer);
            if (Json.is(session, "mode", "subscription")) {
                currencies.refuseOther(customer, Json.textOf(session, "currency"));
            }
        }
        SessionDiscounts.show(session, off);
        if (Json.is(session, "ui_mode", "hosted_page")) {
            session.put("url", address.of("/c/pay/" + id));
        }
        plans.keep(id, params);
        if (Json.is(session, "mode", "setup")) {
            session.put("setup_intent", Json.textOf(setupIntent(session, params), "id"));
        }
        sessions.add(session);
        lines.keep(id, sold);
        timeline.in(Duration.ofSeconds(Json.number(session, "expires_at") - timeline.now()), expiry, id);
        return session;
    }

    /** Of the pages where a customer may still subscribe. */
    private Stream<String> openCurrencies(String customer) {
        return new Query(sessions)
                .where("customer", customer).where("status", "open").where("mode", "subscription").all().stream()
                        .filter(session -> Json.number(session, "expires_at") > timeline.now())
                        .map(session -> Json.textOf(session, "currency"));
    }

    private void knownCustomer(String id) {
        ObjectNode customer = stores.find(id).orElse(null);
        if (customer == null || !Json.is(customer, "object", "customer") || Json.isTrue(customer, "deleted")) {
            throw StripeError.missingReference("customer", id, "customer");
        }
    }

    /** In setup mode the intent is there from the start. */
    private ObjectNode setupIntent(ObjectNode session, Params params) {
        Map<String, String> wanted = new HashMap<>();
        wanted.put("usage", "off_session");
        String customer = Json.text(session, "customer");
        wanted.put("customer", customer == null ? "" : customer);
        int index = 0;
        for (JsonNode type : session.path("payment_method_types")) {
            wanted.put("payment_method_types[" + index++ + "]", type.asString());
        }
        Params data = params.child("setup_intent_data");
        if (data != null) {
            SessionPlans.flatten(data.tree(), "", wanted);
        }
        return stripe.post("/v1/setup_intents", wanted);
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        Query query = new Query(sessions)
                .where("payment_intent", params.text("payment_intent"))
                .where("customer", params.text("customer"))
                .where("subscription", params.text("subscription"))
                .where("status", params.oneOf("status", "open", "complete", "expired"));
        Params details = params.child("customer_details");
        String email = details == null ? null : details.text("email");
        if (email != null) {
            query.where(session -> Json.is(session.path("customer_details"), "email", email));
        }
        return call.list(sessions, query);
    }

    private ObjectNode update(Call call) {
        ObjectNode session = call.object(sessions, "session");
        Metadata.apply(call.params(), session);
        call.params()
                .copyObject(
                        session,
                        "collected_information",
                        Json.literal("{'business_name':null,'individual_name':null,'shipping_details':null}"));
        return sessions.update(call.variable("id"), each -> each.setAll(session))
                .object();
    }

    private ObjectNode expire(Call call) {
        ObjectNode session = call.object(sessions, "session");
        if (!Json.is(session, "status", "open")) {
            throw StripeError.invalid(
                    null,
                    "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a"
                            + " status of `" + Json.textOf(session, "status") + "`.",
                    null);
        }
        expireIfOpen(call.variable("id"));
        return sessions.get(call.variable("id"));
    }

    /** Nothing can be paid by it any more, so what was begun is closed too. */
    private void expireIfOpen(String id) {
        ObjectNode session = sessions.find(id).orElse(null);
        if (session == null || !Json.is(session, "status", "open")) {
            return;
        }
        ObjectNode expired = sessions.update(
                        id, each -> each.put("status", "expired").putNull("url").putNull("client_secret"))
                .object();
        closeIntent("/v1/payment_intents/", Json.text(session, "payment_intent"));
        closeIntent("/v1/setup_intents/", Json.text(session, "setup_intent"));
        events.emit("checkout.session.expired", expired);
        plans.forget(id);
    }

    private void closeIntent(String path, @Nullable String id) {
        boolean open = id != null
                && stores.find(id)
                        .filter(intent -> OPEN.contains(Json.textOf(intent, "status")))
                        .isPresent();
        if (open) {
            stripe.post(path + id + "/cancel", Map.of("cancellation_reason", "abandoned"));
        }
    }

    private ObjectNode lineItems(Call call) {
        call.object(sessions, "session");
        return lines.page(call, call.variable("id"));
    }

    private JsonNode firstLines(ObjectNode session) {
        String id = Json.textOf(session, "id");
        return lines.first("/v1/checkout/sessions/" + id + "/line_items", id);
    }
}
