package io.tillstream.simulator.charge;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/charges}: to be read, and their texts changed. */
@Component
class ChargeResource implements Resource {
    static final ObjectNode NO_SHIPPING = Json.object().putNull("name").putNull("phone");

    private final Charges charges;

    ChargeResource(Charges charges) {
        this.charges = charges;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/charges", this::list).paged().takes("customer", "payment_intent");
        routes.get("/v1/charges/{id}", call -> call.object(charges.store(), "charge"));
        routes.post("/v1/charges/{id}", this::update)
                .takes("description", "metadata.*", "receipt_email", "shipping.*", "fraud_details.user_report");
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        Query query = new Query(charges.store())
                .where("customer", params.text("customer"))
                .where("payment_intent", params.text("payment_intent"));
        return call.list(charges.store(), query);
    }

    private ObjectNode update(Call call) {
        ObjectNode charge = call.object(charges.store(), "charge");
        apply(call.params(), charge);
        return charges.change(call.variable("id"), each -> apply(call.params(), each));
    }

    private static void apply(Params params, ObjectNode charge) {
        EmailAndUrlCheck.refuseBadEmail(params, "receipt_email");
        params.copy(charge, "description", "receipt_email");
        params.copyObject(charge, "shipping", NO_SHIPPING);
        params.copyObject(charge, "fraud_details", Json.object());
        Metadata.apply(params, charge);
    }
}
