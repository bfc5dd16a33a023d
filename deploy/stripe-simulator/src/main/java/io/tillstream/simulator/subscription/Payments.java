package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.Invoicing.Collected;
import io.tillstream.simulator.paymentmethod.Decline;
import io.tillstream.simulator.state.Json;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** How a subscription's request wants its invoice paid, and what is said if it could not be. */
final class Payments {
    private Payments() {}

    static Map<String, String> confirmation(Params params) {
        Map<String, String> confirmation = new HashMap<>();
        if (params.isTrue("off_session")) {
            confirmation.put("off_session", "true");
        }
        return confirmation;
    }

    static boolean keepsMethod(JsonNode subscription) {
        return Json.is(subscription.path("payment_settings"), "save_default_payment_method", "on_subscription");
    }

    static StripeError unpaid(Collected collected) {
        if (collected == Collected.ACTION_REQUIRED) {
            return StripeError.card(
                            "subscription_payment_intent_requires_action",
                            null,
                            "Payment for this subscription requires additional user action before it can be completed"
                                    + " successfully. Payment can be completed using the PaymentIntent associated with"
                                    + " `subscription.latest_invoice`.")
                    .leavingChanges();
        }
        return collected == Collected.NO_PAYMENT_METHOD
                ? NewSubscriptions.noMethod()
                : Decline.GENERIC.error().leavingChanges();
    }
}
