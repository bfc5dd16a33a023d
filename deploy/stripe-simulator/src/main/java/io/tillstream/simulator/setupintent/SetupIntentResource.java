package io.tillstream.simulator.setupintent;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/setup_intents} and their attempts. */
@Component
class SetupIntentResource implements Resource {
    private static final String[] COMMON = {
        "customer",
        "description",
        "metadata.*",
        "payment_method",
        "payment_method_options.card.request_three_d_secure=automatic",
        "payment_method_options.us_bank_account.verification_method=automatic|instant",
        "payment_method_types=card|link|sepa_debit|us_bank_account"
    };
    private static final String[] CONFIRM = {"return_url", "use_stripe_sdk", "mandate_data.*"};

    private final SetupIntents setups;
    private final SetupIntentFlow flow;

    SetupIntentResource(SetupIntents setups, SetupIntentFlow flow) {
        this.setups = setups;
        this.flow = flow;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/setup_intents", call -> flow.create(call.params()))
                .takesAnyOf(COMMON)
                .takesWithin("payment_method_data", PaymentMethods.DATA)
                .takesAnyOf(CONFIRM)
                .takes(
                        "confirm",
                        "usage",
                        "automatic_payment_methods.enabled",
                        "automatic_payment_methods.allow_redirects");
        routes.get("/v1/setup_intents", this::list).paged().takes("customer", "payment_method");
        routes.get("/v1/setup_intents/{id}", this::retrieve)
                .takes("client_secret")
                .openToBrowsers();
        routes.post("/v1/setup_intents/{id}", call -> flow.update(permitted(call), call.params()))
                .takesAnyOf(COMMON)
                .takesWithin("payment_method_data", PaymentMethods.DATA);
        routes.post("/v1/setup_intents/{id}/confirm", this::confirm)
                .takesAnyOf(COMMON)
                .takesWithin("payment_method_data", PaymentMethods.DATA)
                .takesAnyOf(CONFIRM)
                .openToBrowsers();
        routes.post("/v1/setup_intents/{id}/cancel", this::cancel).takes("cancellation_reason");
        routes.get("/v1/setup_attempts", this::attempts).paged().takes("setup_intent");
    }

    private ObjectNode list(Call call) {
        Query query = new Query(setups.store())
                .where("customer", call.params().text("customer"))
                .where("payment_method", call.params().text("payment_method"));
        return call.list(setups.store(), query);
    }

    private ObjectNode attempts(Call call) {
        return call.list(setups.attemptStore(), setups.attempts(call.params().required("setup_intent")));
    }

    private ObjectNode retrieve(Call call) {
        return shown(call, permitted(call));
    }

    private ObjectNode confirm(Call call) {
        return shown(call, flow.confirm(permitted(call), call.params(), call.publishable()));
    }

    private ObjectNode cancel(Call call) {
        ObjectNode setup = permitted(call);
        String status = Json.textOf(setup, "status");
        String reason = call.params().oneOf("cancellation_reason", "abandoned", "requested_by_customer", "duplicate");
        if (status.equals("succeeded") || status.equals("canceled")) {
            throw SetupIntentFlow.unexpected(
                    setup,
                    "You cannot cancel this SetupIntent because it has a status of " + status
                            + ". Only a SetupIntent with one of the following statuses may be canceled:"
                            + " requires_payment_method, requires_confirmation, requires_action.");
        }
        if (setups.isOwned(call.variable("id"))) { // docs.stripe.com/api/setup_intents/cancel
            throw SetupIntentFlow.unexpected(
                    setup,
                    "You cannot cancel the SetupIntent for a Checkout Session. Expire the Checkout Session instead.");
        }
        return setups.cancel(call.variable("id"), reason);
    }

    private static ObjectNode shown(Call call, ObjectNode setup) {
        if (call.publishable()) {
            for (String secret : new String[] {"application", "customer", "mandate", "metadata", "latest_attempt"}) {
                setup.remove(secret);
            }
        }
        return setup;
    }

    /** The intent of the address; a browser has to know its client secret. */
    private ObjectNode permitted(Call call) {
        ObjectNode setup = call.object(setups.store(), "intent");
        String secret = call.params().text("client_secret");
        if (call.publishable() && secret == null) {
            throw StripeError.malformed("parameter_missing", "Missing required param: client_secret.", "client_secret");
        }
        if (secret != null && !Json.is(setup, "client_secret", secret)) {
            throw StripeError.invalid(
                    "setup_intent_invalid_parameter",
                    "The client_secret provided does not match any associated SetupIntent on this account.",
                    "client_secret");
        }
        return setup;
    }
}
