package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.state.Json;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Whose session it is: a customer of the shop, a new one, or nobody. */
@Component
class SessionCustomers {
    private final SessionPlans plans;
    private final OwnCalls stripe;

    /** What the buyer typed in about themselves. */
    record Buyer(String email, String name, String country, String postalCode) {}

    SessionCustomers(SessionPlans plans, OwnCalls stripe) {
        this.plans = plans;
        this.stripe = stripe;
    }

    /** The customer's id, made at the first try to pay if one is wanted; empty if none is. */
    String of(ObjectNode session, Buyer buyer) {
        String given = Json.text(session, "customer");
        if (given != null) {
            return given;
        }
        if (!Json.is(session, "customer_creation", "always")) {
            return "";
        }
        String id = Json.textOf(session, "id");
        String known = plans.newCustomers().get(id);
        if (known != null) {
            return known;
        }
        Map<String, String> typed = Map.of(
                "email", buyer.email(),
                "name", buyer.name(),
                "address[country]", buyer.country(),
                "address[postal_code]", buyer.postalCode());
        String made = Json.textOf(stripe.post("/v1/customers", typed), "id");
        plans.newCustomers().put(id, made);
        return made;
    }
}
