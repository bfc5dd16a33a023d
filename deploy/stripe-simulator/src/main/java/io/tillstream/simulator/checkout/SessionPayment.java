package io.tillstream.simulator.checkout;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A buyer pays a session, in the order in which Stripe does it: customer if one is wanted, PaymentIntent, its
 * confirmation; the session is complete when the intent says so, whichever way that came about.
 */
@Component
class SessionPayment {
    private static final String ASYNC = "checkout.session.async_payment_";

    private final Sessions sessions;
    private final SessionPlans plans;
    private final OwnCalls stripe;
    private final Events events;
    private final PublicAddress address;
    private final SessionCustomers customers;
    private final SessionCompletion completion;
    private final SessionSubscription subscription;

    SessionPayment(
            Sessions sessions,
            SessionPlans plans,
            OwnCalls stripe,
            Events events,
            PublicAddress address,
            SessionCustomers customers,
            SessionCompletion completion,
            SessionSubscription subscription) {
        this.customers = customers;
        this.completion = completion;
        this.subscription = subscription;
        this.sessions = sessions;
        this.plans = plans;
        this.stripe = stripe;
        this.events = events;
        this.address = address;
        events.follow(this::follow);
    }

    /** Gives the address where the buyer has to authenticate; null if nothing is left to do. A refusal is thrown. */
    @Nullable
    String pay(String id, SessionCustomers.Buyer buyer, Map<String, String> method) {
        ObjectNode session = sessions.store().get(id);
        if (!Json.is(session, "status", "open")) {
            return null;
        }
        completion.remember(id, buyer);
        if (Json.is(session, "mode", "subscription")) {
            return subscription.pay(session, buyer, method);
        }
        if (Json.is(session, "payment_status", "no_payment_required") && Json.is(session, "mode", "payment")) {
            completion.complete(id, "no_payment_required");
            return null;
        }
        String paymentMethod = PageForm.method(stripe, method);
        String path = Json.is(session, "mode", "setup") ? setupIntent(session, buyer) : paymentIntent(session, buyer);
        Map<String, String> how = new HashMap<>();
        how.put("payment_method", paymentMethod);
        how.put("return_url", address.of("/c/pay/" + id + "/return"));
        ObjectNode confirmed = stripe.post(path + "/confirm", PageForm.accepted(how));
        JsonNode redirect = confirmed.path("next_action").path("redirect_to_url");
        return Json.text(redirect, "url");
    }

    private String setupIntent(ObjectNode session, SessionCustomers.Buyer buyer) {
        String path = "/v1/setup_intents/" + Json.textOf(session, "setup_intent");
        if (!Json.present(session, "customer")) {
            stripe.post(path, Map.of("customer", customers.of(session, buyer)));
        }
        return path;
    }

    /** Made at the first try to pay; later tries confirm the same one. */
    private String paymentIntent(ObjectNode session, SessionCustomers.Buyer buyer) {
        String known = Json.text(session, "payment_intent");
        if (known != null) {
            return "/v1/payment_intents/" + known;
        }
        String id = Json.textOf(session, "id");
        Map<String, String> wanted = new HashMap<>(plans.intentParams(id));
        wanted.put("amount", Long.toString(Json.number(session, "amount_total")));
        wanted.put("currency", Json.textOf(session, "currency"));
        wanted.put("customer", customers.of(session, buyer));
        int index = 0;
        for (JsonNode type : session.path("payment_method_types")) {
            wanted.put("payment_method_types[" + index++ + "]", type.asString());
        }
        String intent = Json.textOf(stripe.post("/v1/payment_intents", wanted), "id");
        sessions.store().update(id, each -> each.put("payment_intent", intent));
        return "/v1/payment_intents/" + intent;
    }

    private void follow(String type, ObjectNode intent) {
        switch (type) {
            case "payment_intent.succeeded" ->
                session("payment_intent", intent).ifPresent(session -> paid(session, intent));
            case "payment_intent.processing", "payment_intent.amount_capturable_updated" ->
                session("payment_intent", intent)
                        .filter(session -> Json.is(session, "status", "open"))
                        .ifPresent(session -> completion.complete(Json.textOf(session, "id"), "unpaid"));
            case "payment_intent.payment_failed" ->
                session("payment_intent", intent)
                        .filter(session -> Json.is(session, "status", "complete"))
                        .ifPresent(session -> events.emit(ASYNC + "failed", session));
            case "setup_intent.succeeded" ->
                session("setup_intent", intent)
                        .filter(session -> Json.is(session, "status", "open"))
                        .ifPresent(session -> completion.complete(Json.textOf(session, "id"), "no_payment_required"));
            default -> {
                // Of no concern to a session.
            }
        }
    }

    private Optional<ObjectNode> session(String field, ObjectNode intent) {
        return new Query(sessions.store())
                .where(field, Json.textOf(intent, "id"))
                .newest();
    }

    /** At once with a card; later with a method that takes days, or when what was authorized is captured. */
    private void paid(ObjectNode session, ObjectNode intent) {
        String id = Json.textOf(session, "id");
        if (Json.is(session, "status", "open")) {
            completion.complete(id, "paid");
        } else if (Json.is(session, "payment_status", "unpaid")) {
            boolean captured = Json.is(intent, "capture_method", "manual");
            ObjectNode paid = sessions.store()
                    .update(id, each -> each.put("payment_status", "paid"))
                    .object();
            if (!captured) {
                events.emit(ASYNC + "succeeded", paid);
            }
        }
    }

    /** Why the last try failed, for the buyer; null if it did not. */
    @Nullable
    String lastRefusal(ObjectNode session) {
        boolean subscribes = Json.is(session, "mode", "subscription");
        String payment = subscribes ? subscription.payment(session) : Json.text(session, "payment_intent");
        String setup = subscribes ? subscription.setup(session) : Json.text(session, "setup_intent");
        ObjectNode intent = payment != null
                ? stripe.get("/v1/payment_intents/" + payment)
                : setup == null ? Json.object() : stripe.get("/v1/setup_intents/" + setup);
        String field = payment == null ? "last_setup_error" : "last_payment_error";
        return Json.text(intent.path(field), "message");
    }

    /** What to tell a buyer about a refusal. */
    static String spoken(StripeError refusal) {
        String message = Json.text(refusal.error(), "message");
        return message == null ? "Your payment could not be taken." : message;
    }
}
