package io.tillstream.simulator.dashboard;

import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.dispute.Disputes;
import io.tillstream.simulator.dispute.EarlyFraudWarnings;
import io.tillstream.simulator.paymentintent.PaymentIntents;
import io.tillstream.simulator.refund.Refunds;
import io.tillstream.simulator.state.Json;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The buttons of the dashboard. Within a turn of the timeline. */
@Component
class Actions {
    private final OwnCalls stripe;
    private final Refunds refunds;
    private final Disputes disputes;
    private final EarlyFraudWarnings warnings;
    private final PaymentIntents intents;
    private final NetworkUpdates updates;

    Actions(
            OwnCalls stripe,
            Refunds refunds,
            Disputes disputes,
            EarlyFraudWarnings warnings,
            PaymentIntents intents,
            NetworkUpdates updates) {
        this.stripe = stripe;
        this.refunds = refunds;
        this.disputes = disputes;
        this.warnings = warnings;
        this.intents = intents;
        this.updates = updates;
    }

    /** Gives what was done, in words; a refusal is thrown. */
    String act(String action, String id, String amount) {
        switch (action) {
            case "refund" -> stripe.post("/v1/refunds", Map.of("payment_intent", id, "amount", amount));
            case "capture", "cancel" -> stripe.post("/v1/payment_intents/" + id + "/" + action, Map.of());
            case "settle" -> settle(id, true);
            case "bounce" -> settle(id, false);
            case "dispute" -> disputes.open(id, "fraudulent", false);
            case "inquiry" -> disputes.open(id, "fraudulent", true);
            case "win" -> decide(id, true);
            case "lose" -> decide(id, false);
            case "warn" -> warnings.warn(id);
            case "fail-refund" -> refunds.fail(id, "expired_or_canceled_card");
            case "delete-customer" -> stripe.delete("/v1/customers/" + id);
            case "detach" -> stripe.post("/v1/payment_methods/" + id + "/detach", Map.of());
            case "update-card" -> updates.update(id, Json.object());
            default -> throw new IllegalArgumentException("no such button: " + action);
        }
        return action + " of " + id + " is done";
    }

    private void settle(String id, boolean success) {
        var unused = intents.settle(id, success ? null : "insufficient_funds");
    }

    private void decide(String id, boolean won) {
        var unused = disputes.decide(id, won);
    }
}
