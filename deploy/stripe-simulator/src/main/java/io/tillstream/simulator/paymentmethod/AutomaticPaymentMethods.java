package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import tools.jackson.databind.node.ObjectNode;

/** The {@code automatic_payment_methods} of PaymentIntents and SetupIntents: the dashboard's, unless types are named. */
public final class AutomaticPaymentMethods {

    private AutomaticPaymentMethods() {}

    /** Writes them to the intent where they are chosen, and says whether they are. */
    public static boolean choose(Params params, ObjectNode intent) {
        Params automatic = params.child("automatic_payment_methods");
        boolean named = params.has("payment_method_types");
        boolean on = automatic == null ? !named : Boolean.parseBoolean(automatic.required("enabled"));
        String redirects = automatic == null ? null : automatic.oneOf("allow_redirects", "always", "never");
        if (on && named) {
            throw StripeError.malformed(
                    null,
                    "You may only specify one of these parameters: automatic_payment_methods, payment_method_types.",
                    "automatic_payment_methods");
        }
        if (on) {
            intent.putObject("automatic_payment_methods")
                    .put("allow_redirects", redirects == null ? "always" : redirects)
                    .put("enabled", true);
        }
        return on;
    }
}
