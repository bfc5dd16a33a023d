package io.tillstream.simulator.dispute;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.charge.Charges;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentmethod.Behavior;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/radar/early_fraud_warnings}: an issuer says that a charge may be fraud, before anybody disputes it. */
@Component
public class EarlyFraudWarnings implements Resource {
    private final Timeline timeline;
    private final Events events;
    private final Charges charges;
    private final Store warnings;

    EarlyFraudWarnings(Timeline timeline, Events events, Charges charges, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.charges = charges;
        this.warnings = stores.open("radar.early_fraud_warning", "issfr", "charge", "payment_intent");
        charges.uponMoney((charge, behavior) -> {
            if (behavior == Behavior.EARLY_FRAUD_WARNING) {
                warn(Json.textOf(charge, "id"));
            }
        });
        charges.uponRefund(this::settle);
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/radar/early_fraud_warnings", this::list).paged().takes("charge", "payment_intent");
        routes.get("/v1/radar/early_fraud_warnings/{id}", call -> call.object(warnings));
    }

    @CanIgnoreReturnValue
    public ObjectNode warn(String chargeId) {
        ObjectNode charge = charges.store()
                .find(chargeId)
                .orElseThrow(() -> StripeError.missingReference("charge", chargeId, "charge"));
        ObjectNode warning = Json.object("radar.early_fraud_warning", Ids.next("issfr"));
        boolean actionable = !Json.isTrue(charge, "refunded") && !Json.isTrue(charge, "disputed");
        warning.put("actionable", actionable).put("charge", chargeId).put("created", timeline.now());
        warning.put("fraud_type", "made_with_stolen_card").put("livemode", false);
        warning.set("payment_intent", charge.get("payment_intent"));
        warnings.add(warning);
        events.emit("radar.early_fraud_warning.created", warning);
        return warning;
    }

    /** A charge that was refunded in full needs no action any more. */
    private void settle(ObjectNode charge) {
        if (!Json.isTrue(charge, "refunded")) {
            return;
        }
        for (ObjectNode warning :
                new Query(warnings).where("charge", Json.textOf(charge, "id")).all()) {
            events.changed(
                    "radar.early_fraud_warning.updated",
                    warnings.update(Json.textOf(warning, "id"), each -> each.put("actionable", false)));
        }
    }

    private ObjectNode list(Call call) {
        Query query = new Query(warnings)
                .where("charge", call.params().text("charge"))
                .where("payment_intent", call.params().text("payment_intent"));
        return call.list(warnings, query);
    }
}
