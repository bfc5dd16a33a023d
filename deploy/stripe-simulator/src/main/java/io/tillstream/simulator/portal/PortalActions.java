package io.tillstream.simulator.portal;

import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The buttons of the portal. Within a turn of the timeline; a refusal is thrown. */
@Component
class PortalActions {
    private static final Set<String> OVER = Set.of("canceled", "incomplete_expired");

    private final PortalSessions sessions;
    private final PortalPlans plans;
    private final OwnCalls stripe;
    private final Stores stores;
    private final StateMap<Boolean> setups;

    /** What was done, in words; or the address where the bank asks the customer. */
    record Done(String said, @Nullable String bank) {}

    PortalActions(PortalSessions sessions, PortalPlans plans, OwnCalls stripe, Stores stores, Events events) {
        this.sessions = sessions;
        this.plans = plans;
        this.stripe = stripe;
        this.stores = stores;
        this.setups = stores.map("portal.setups", Boolean.class);
        events.follow((type, object) -> {
            if (type.equals("setup_intent.succeeded") && setups.remove(Json.textOf(object, "id")) != null) {
                makeDefault(Json.textOf(object, "customer"), Json.textOf(object, "payment_method"));
            }
        });
    }

    Done act(ObjectNode session, MultiValueMap<String, String> form) {
        String customer = Json.textOf(session, "customer");
        ObjectNode features = (ObjectNode) sessions.configuration(session).get("features");
        return switch (text(form, "action")) {
            case "cancel" -> cancel(feature(features, "subscription_cancel"), own(customer, form), form);
            case "resume" -> resume(own(customer, form));
            case "switch" -> {
                JsonNode update = feature(features, "subscription_update");
                yield done(plans.change(
                        update,
                        own(customer, form),
                        new PortalPlans.Choice(
                                text(form, "price"), text(form, "quantity"), text(form, "promotionCode"))));
            }
            case "add_card" -> {
                JsonNode unused = feature(features, "payment_method_update");
                yield addCard(session, form);
            }
            case "default_card" -> {
                makeDefault(customer, card(customer, form));
                yield done("Your default payment method was changed");
            }
            case "remove_card" -> {
                stripe.post("/v1/payment_methods/" + card(customer, form) + "/detach", Map.of());
                yield done("The payment method was removed");
            }
            case "update_customer" -> update(feature(features, "customer_update"), customer, form);
            default -> throw StripeError.invalid(null, "There is no such button.", "action");
        };
    }

    private static Done done(String said) {
        return new Done(said, null);
    }

    private static JsonNode feature(ObjectNode features, String name) {
        JsonNode feature = features.path(name);
        if (!Json.isTrue(feature, "enabled")) {
            throw StripeError.invalid(null, "This portal does not offer that.", "action");
        }
        return feature;
    }

    /** The customer's subscriptions that are not over, newest first. */
    List<ObjectNode> living(String customer) {
        return stores.ofType("subscription")
                .map(all -> new Query(all)
                        .where("customer", customer)
                        .where(each -> !OVER.contains(Json.textOf(each, "status")))
                        .all())
                .orElse(List.of());
    }

    private ObjectNode own(String customer, MultiValueMap<String, String> form) {
        String id = text(form, "subscription");
        return living(customer).stream()
                .filter(each -> Json.is(each, "id", id))
                .findFirst()
                .orElseThrow(() -> StripeError.missingReference("subscription", id, "subscription"));
    }

    private String card(String customer, MultiValueMap<String, String> form) {
        String id = text(form, "payment_method");
        return stores.find(id)
                .filter(method -> Json.is(method, "customer", customer))
                .map(method -> Json.textOf(method, "id"))
                .orElseThrow(() -> StripeError.missingReference("payment_method", id, "payment_method"));
    }

    private Done cancel(JsonNode feature, ObjectNode subscription, MultiValueMap<String, String> form) {
        String path = "/v1/subscriptions/" + Json.textOf(subscription, "id");
        Map<String, String> wanted = new HashMap<>();
        wanted.put("cancellation_details[feedback]", text(form, "feedback"));
        wanted.put("cancellation_details[comment]", text(form, "comment"));
        if (Json.is(feature, "mode", "at_period_end")) {
            wanted.put("cancel_at_period_end", "true");
            stripe.post(path, wanted);
            return done("Your subscription ends when the current period does");
        }
        String proration = Json.textOf(feature, "proration_behavior");
        wanted.put("prorate", Boolean.toString(!proration.equals("none")));
        wanted.put("invoice_now", Boolean.toString(proration.equals("always_invoice")));
        stripe.delete(path, wanted);
        return done("Your subscription was canceled");
    }

    private Done resume(ObjectNode subscription) {
        boolean byPeriod = Json.isTrue(subscription, "cancel_at_period_end");
        stripe.post(
                "/v1/subscriptions/" + Json.textOf(subscription, "id"),
                byPeriod
                        ? Json.object().put("cancel_at_period_end", "false")
                        : Json.object().put("cancel_at", ""));
        return done("Your subscription goes on");
    }

    private Done addCard(ObjectNode session, MultiValueMap<String, String> form) {
        String customer = Json.textOf(session, "customer");
        Map<String, String> method = new HashMap<>();
        String typed = text(form, "cardExpiry").replace(" ", "");
        int slash = typed.indexOf('/');
        method.put("type", "card");
        method.put("card[number]", or(text(form, "cardNumber").replace(" ", "")));
        method.put("card[exp_month]", or(slash < 0 ? typed : typed.substring(0, slash)));
        method.put("card[exp_year]", or(typed.substring(slash + 1)));
        method.put("card[cvc]", text(form, "cardCvc"));
        method.put("billing_details[name]", text(form, "billingName"));
        method.put("billing_details[address][country]", text(form, "billingCountry"));
        method.put("billing_details[address][postal_code]", text(form, "billingPostalCode"));
        String made = Json.textOf(stripe.post("/v1/payment_methods", method), "id");
        ObjectNode setup = stripe.post("/v1/setup_intents", Map.of("customer", customer, "usage", "off_session"));
        String id = Json.textOf(setup, "id");
        setups.put(id, true);
        ObjectNode confirmed = stripe.post(
                "/v1/setup_intents/" + id + "/confirm",
                Map.of("payment_method", made, "return_url", Json.textOf(session, "url")));
        return new Done("Your card was added", Json.text(confirmed, "next_action.redirect_to_url.url"));
    }

    private static String or(String text) {
        return text.isEmpty() ? "0" : text;
    }

    /** For all that is charged from now on: a subscription with a method of its own takes the new one too. */
    private void makeDefault(String customer, String method) {
        stripe.post("/v1/customers/" + customer, Map.of("invoice_settings[default_payment_method]", method));
        for (ObjectNode subscription : living(customer)) {
            String own = Json.text(subscription, "default_payment_method");
            if (own != null && !own.equals(method)) {
                stripe.post(
                        "/v1/subscriptions/" + Json.textOf(subscription, "id"),
                        Map.of("default_payment_method", method));
            }
        }
    }

    private Done update(JsonNode feature, String customer, MultiValueMap<String, String> form) {
        Map<String, String> wanted = new HashMap<>();
        for (JsonNode field : feature.path("allowed_updates")) {
            switch (field.asString()) {
                case "address" -> {
                    wanted.put("address[line1]", text(form, "line1"));
                    wanted.put("address[city]", text(form, "city"));
                    wanted.put("address[country]", text(form, "country"));
                    wanted.put("address[postal_code]", text(form, "postalCode"));
                }
                case "email", "name", "phone" -> wanted.put(field.asString(), text(form, field.asString()));
                default -> {
                    // Nothing that this page has a field for.
                }
            }
        }
        stripe.post("/v1/customers/" + customer, wanted);
        return done("Your details were changed");
    }

    static String text(MultiValueMap<String, String> form, String name) {
        return Objects.requireNonNullElse(form.getFirst(name), "").strip();
    }
}
