package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.Json;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/payment_pages}: a session as Stripe's own page sees and pays it. Not for shops; {@code stripe trigger} plays
 * the buyer by it.
 */
@Component
class PaymentPages implements Resource {
    private final Sessions sessions;
    private final SessionPayment payment;
    private final PaymentMethods methods;

    PaymentPages(Sessions sessions, SessionPayment payment, PaymentMethods methods) {
        this.sessions = sessions;
        this.payment = payment;
        this.methods = methods;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/payment_pages/{id}", call -> page(session(call)));
        routes.post("/v1/payment_pages/{id}/confirm", this::confirm).takes("payment_method", "expected_amount");
    }

    private ObjectNode session(Call call) {
        return call.object(sessions.store(), "session");
    }

    private static ObjectNode page(ObjectNode session) {
        ObjectNode page = session.deepCopy();
        page.put("object", "payment_page").put("session_id", Json.textOf(session, "id"));
        return page;
    }

    private ObjectNode confirm(Call call) {
        ObjectNode session = session(call);
        Params params = call.params();
        if (!Json.is(session, "status", "open")) {
            throw StripeError.invalid(null, "This Checkout Session is no longer open.", null);
        }
        Long expected = params.integer("expected_amount");
        if (expected != null && expected != Json.number(session, "amount_total")) {
            throw StripeError.invalid(
                    null, "The expected amount does not match the amount of the page.", "expected_amount");
        }
        ObjectNode method = methods.resolve(params.required("payment_method"), "payment_method");
        JsonNode details = method.path("billing_details");
        String unused = payment.pay(
                Json.textOf(session, "id"),
                new SessionCustomers.Buyer(
                        text(details, "email"),
                        text(details, "name"),
                        text(details.path("address"), "country"),
                        text(details.path("address"), "postal_code")),
                Map.of("payment_method", Json.textOf(method, "id")));
        return page(sessions.store().get(Json.textOf(session, "id")));
    }

    private static String text(JsonNode details, String field) {
        return Objects.requireNonNullElse(Json.text(details, field), "");
    }
}
