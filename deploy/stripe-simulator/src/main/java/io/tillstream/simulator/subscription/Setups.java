package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.setupintent.SetupIntentFlow;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Where nothing is due at first, a payment method is set up for the time when something is. */
@Component
class Setups {
    private final Subscriptions subscriptions;
    private final Billing billing;
    private final SetupIntentFlow flow;

    Setups(Subscriptions subscriptions, Billing billing, SetupIntentFlow flow, Events events) {
        this.subscriptions = subscriptions;
        this.billing = billing;
        this.flow = flow;
        events.follow((type, object) -> {
            if (type.equals("setup_intent.succeeded")) {
                done(object);
            }
        });
    }

    boolean wanted(ObjectNode subscription, String behavior) {
        return behavior.equals("default_incomplete")
                && !Subscriptions.sendsInvoices(subscription)
                && !billing.hasMethod(subscription);
    }

    void begin(String id) {
        ObjectNode subscription = subscriptions.store().get(id);
        ObjectNode params = Json.object().put("customer", Json.textOf(subscription, "customer"));
        params.put("usage", "off_session");
        JsonNode types = subscription.path("payment_settings").path("payment_method_types");
        if (types.isArray()) {
            ObjectNode list = params.putObject("payment_method_types");
            for (int i = 0; i < types.size(); i++) {
                list.put(Integer.toString(i), types.get(i).stringValue());
            }
        }
        String setup = Json.textOf(flow.create(new Params(params)), "id");
        subscriptions.changeQuietly(id, each -> each.put("pending_setup_intent", setup));
    }

    private void done(JsonNode setup) {
        new Query(subscriptions.store())
                .where("pending_setup_intent", Json.textOf(setup, "id"))
                .newest()
                .ifPresent(subscription -> subscriptions.change(Json.textOf(subscription, "id"), each -> {
                    each.putNull("pending_setup_intent");
                    if (Payments.keepsMethod(each)) {
                        each.put("default_payment_method", Json.text(setup, "payment_method"));
                    }
                }));
    }
}
