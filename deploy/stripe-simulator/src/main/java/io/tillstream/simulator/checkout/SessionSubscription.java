package io.tillstream.simulator.checkout;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.checkout.SessionCustomers.Buyer;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A buyer subscribes. If something is due, the subscription is made first and its first invoice paid then; if nothing
 * is, the card is set up first. The session is complete when the subscription runs.
 */
@Component
class SessionSubscription {
    private static final Set<String> RUNNING = Set.of("active", "trialing");

    private final Sessions sessions;
    private final SessionPlans plans;
    private final SessionCustomers customers;
    private final SessionCompletion completion;
    private final LineItems lines;
    private final OwnCalls stripe;
    private final PublicAddress address;
    private final Stores stores;
    private final StateMap<String> begun;
    private final StateMap<String> setups;

    SessionSubscription(
            Sessions sessions,
            SessionPlans plans,
            SessionCustomers customers,
            SessionCompletion completion,
            LineItems lines,
            OwnCalls stripe,
            PublicAddress address,
            Stores stores,
            Events events) {
        this.sessions = sessions;
        this.plans = plans;
        this.customers = customers;
        this.completion = completion;
        this.lines = lines;
        this.stripe = stripe;
        this.address = address;
        this.stores = stores;
        this.begun = stores.map("checkout.begun", String.class);
        this.setups = stores.map("checkout.setups", String.class);
        events.follow(this::follow);
    }

    /** Gives the address where the buyer has to authenticate; null if nothing is left to do. A refusal is thrown. */
    @Nullable
    String pay(ObjectNode session, Buyer buyer, Map<String, String> method) {
        String id = Json.textOf(session, "id");
        boolean due = Json.number(session, "amount_total") > 0;
        boolean typed = !"0".equals(method.getOrDefault("card[number]", ""));
        if (!due && !typed && Json.is(session, "payment_method_collection", "if_required")) {
            subscribe(session, customers.of(session, buyer), null);
            return null;
        }
        String paymentMethod = PageForm.method(stripe, method);
        String customer = customers.of(session, buyer);
        Map<String, String> how = new HashMap<>();
        how.put("payment_method", paymentMethod);
        how.put("return_url", address.of("/c/pay/" + id + "/return"));
        if (due) {
            String intent = payment(session);
            if (intent == null) {
                subscribe(session, customer, null);
                intent = payment(session);
            }
            return intent == null ? null : confirm("/v1/payment_intents/" + intent, how);
        }
        String setup = Json.textOf(
                stripe.post("/v1/setup_intents", Map.of("customer", customer, "usage", "off_session")), "id");
        setups.put(id, setup);
        return confirm("/v1/setup_intents/" + setup, how);
    }

    private @Nullable String confirm(String path, Map<String, String> how) {
        ObjectNode confirmed = stripe.post(path + "/confirm", PageForm.accepted(how));
        return Json.text(confirmed, "next_action.redirect_to_url.url");
    }

    /** Makes the subscription that the session is for; with nothing due it runs at once. */
    private void subscribe(ObjectNode session, String customer, @Nullable String method) {
        String id = Json.textOf(session, "id");
        ObjectNode wanted = plans.subscriptionParams(id)
                .put("customer", customer)
                .put("currency", Json.textOf(session, "currency"));
        boolean due = Json.number(session, "amount_total") > 0;
        wanted.put("payment_behavior", due ? "default_incomplete" : "allow_incomplete");
        if (method != null) {
            wanted.put("default_payment_method", method);
        }
        ObjectNode settings =
                wanted.putObject("payment_settings").put("save_default_payment_method", "on_subscription");
        ObjectNode types = settings.putObject("payment_method_types");
        session.path("payment_method_types")
                .forEach(type -> types.put(Integer.toString(types.size()), type.asString()));
        LineItems.subscribe(lines.of(id), wanted);
        if (!session.path("discounts").isEmpty()) {
            ObjectNode discounts = wanted.putObject("discounts");
            for (JsonNode each : session.path("discounts")) {
                String code = Json.text(each, "promotion_code");
                discounts
                        .putObject(Integer.toString(discounts.size()))
                        .put(
                                code == null ? "coupon" : "promotion_code",
                                code == null ? Json.textOf(each, "coupon") : code);
            }
        }
        ObjectNode made = stripe.post("/v1/subscriptions", wanted);
        begun.put(Json.textOf(made, "id"), id);
        settle(made);
    }

    private void follow(String type, ObjectNode object) {
        switch (type) {
            case "customer.subscription.updated" -> settle(object);
            case "setup_intent.succeeded" -> setUp(object);
            case "checkout.session.expired" -> drop(Json.textOf(object, "id"));
            default -> {
                // Of no concern to a session.
            }
        }
    }

    /** The card is ready for later, so the subscription can begin. */
    private void setUp(ObjectNode setup) {
        for (String each : setups.keys()) {
            if (Json.is(setup, "id", setups.getOrDefault(each, ""))) {
                setups.remove(each);
                ObjectNode session = sessions.store().get(each);
                if (Json.is(session, "status", "open")) {
                    subscribe(session, Json.textOf(setup, "customer"), Json.textOf(setup, "payment_method"));
                }
            }
        }
    }

    /** Completes the session whose subscription runs. */
    private void settle(ObjectNode subscription) {
        String id = Json.textOf(subscription, "id");
        String session = RUNNING.contains(Json.textOf(subscription, "status")) ? begun.remove(id) : null;
        if (session != null) {
            boolean due = Json.number(sessions.store().get(session), "amount_total") > 0;
            completion.complete(session, due ? "paid" : "no_payment_required", each -> each.put("subscription", id)
                    .put("customer", Json.textOf(subscription, "customer"))
                    .put("invoice", Json.text(subscription, "latest_invoice")));
        }
    }

    /** A subscription that was begun and never paid ends with its session. */
    private void drop(String session) {
        setups.remove(session);
        String subscription = of(session);
        if (subscription != null) {
            begun.remove(subscription);
            stripe.delete("/v1/subscriptions/" + subscription);
        }
    }

    private @Nullable String of(String session) {
        return begun.keys().stream()
                .filter(each -> session.equals(begun.get(each)))
                .findFirst()
                .orElse(null);
    }

    /** The PaymentIntent of the first invoice; null if there is none yet. */
    @Nullable
    String payment(ObjectNode session) {
        String subscription = of(Json.textOf(session, "id"));
        String invoice = subscription == null
                ? null
                : stores.find(subscription)
                        .map(each -> Json.text(each, "latest_invoice"))
                        .orElse(null);
        return invoice == null
                ? null
                : stores.ofType("invoice_payment")
                        .flatMap(all -> new Query(all).where("invoice", invoice).newest())
                        .map(payment -> Json.text(payment, "payment.payment_intent"))
                        .orElse(null);
    }

    /** The SetupIntent of the last try; null if none was made. */
    @Nullable
    String setup(ObjectNode session) {
        return setups.get(Json.textOf(session, "id"));
    }
}
