package io.tillstream.simulator.dispute;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/disputes}. */
@Component
class DisputeResource implements Resource {
    private final Disputes disputes;

    DisputeResource(Disputes disputes) {
        this.disputes = disputes;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/disputes", this::list).paged().takes("charge", "payment_intent");
        routes.get("/v1/disputes/{id}", call -> call.object(disputes.store(), "dispute"));
        routes.post("/v1/disputes/{id}", this::update).takes("evidence.*", "metadata.*", "submit");
        routes.post("/v1/disputes/{id}/close", this::close);
    }

    private ObjectNode list(Call call) {
        Query query = new Query(disputes.store())
                .where("charge", call.params().text("charge"))
                .where("payment_intent", call.params().text("payment_intent"));
        return call.list(disputes.store(), query);
    }

    private ObjectNode update(Call call) {
        Params params = call.params();
        Metadata.apply(params, call.object(disputes.store(), "dispute"));
        Params evidence = params.child("evidence");
        boolean submit = !Boolean.FALSE.equals(params.flag("submit"));
        return disputes.answer(
                call.variable("id"),
                evidence == null ? new Params(Json.object()) : evidence,
                submit && evidence != null,
                dispute -> Metadata.apply(params, dispute));
    }

    private ObjectNode close(Call call) {
        call.object(disputes.store(), "dispute");
        return disputes.decide(call.variable("id"), false);
    }
}
