package io.tillstream.simulator.refund;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.charge.Charges;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Stores;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/refunds}. */
@Component
class RefundResource implements Resource {
    private final Refunds refunds;
    private final Charges charges;
    private final Stores stores;

    RefundResource(Refunds refunds, Charges charges, Stores stores) {
        this.refunds = refunds;
        this.charges = charges;
        this.stores = stores;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/refunds", this::create)
                .takes("amount", "charge", "payment_intent", "reason", "metadata.*")
                .takes("refund_application_fee=false", "reverse_transfer=false");
        routes.get("/v1/refunds", this::list).paged().takes("charge", "payment_intent");
        routes.get("/v1/refunds/{id}", call -> call.object(refunds.store(), "refund"));
        routes.post("/v1/refunds/{id}", this::update).takes("metadata.*");
        routes.post("/v1/refunds/{id}/cancel", this::cancel);
        routes.get("/v1/charges/{charge}/refunds", this::listOfCharge).paged();
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        String reason = params.oneOf("reason", "duplicate", "fraudulent", "requested_by_customer");
        Long amount = params.integer("amount");
        Metadata.apply(params, Json.object());
        return refunds.refund(charge(call), amount, reason, refund -> Metadata.apply(params, refund));
    }

    private ObjectNode charge(Call call) {
        Params params = call.params();
        if (params.has("charge") && params.has("payment_intent")) {
            throw StripeError.malformed(
                    null, "You may only specify one of these parameters: charge, payment_intent.", "payment_intent");
        }
        ObjectNode charge = call.referenced(charges.store(), "charge");
        if (charge != null) {
            return charge;
        }
        String intent = params.text("payment_intent");
        if (intent == null) {
            throw StripeError.malformed(
                    "parameter_missing",
                    "One of the following params should be provided for this request: payment_intent or charge.",
                    null);
        }
        ObjectNode found = stores.ofType("payment_intent")
                .flatMap(store -> store.find(intent))
                .orElseThrow(() -> StripeError.missingReference("payment_intent", intent, "payment_intent"));
        String latest = Json.text(found, "latest_charge");
        if (latest == null || !Json.is(found, "status", "succeeded")) {
            throw StripeError.invalid(
                    "payment_intent_unexpected_state",
                    "This PaymentIntent (" + intent + ") does not have a successful charge to refund.",
                    null);
        }
        return charges.store().get(latest);
    }

    private ObjectNode list(Call call) {
        Query query = new Query(refunds.store())
                .where("charge", call.params().text("charge"))
                .where("payment_intent", call.params().text("payment_intent"));
        return call.list(refunds.store(), query);
    }

    private ObjectNode listOfCharge(Call call) {
        return call.list(refunds.store(), new Query(refunds.store()).where("charge", call.variable("charge")));
    }

    private ObjectNode update(Call call) {
        ObjectNode refund = call.object(refunds.store(), "refund");
        Metadata.apply(call.params(), refund);
        return refunds.change(call.variable("id"), each -> Metadata.apply(call.params(), each));
    }

    private ObjectNode cancel(Call call) {
        call.object(refunds.store(), "refund");
        return refunds.cancel(call.variable("id"));
    }
}
