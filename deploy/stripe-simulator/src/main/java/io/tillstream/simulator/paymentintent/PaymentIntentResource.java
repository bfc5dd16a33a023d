package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/payment_intents}. */
@Component
class PaymentIntentResource implements Resource {
    private static final String[] COMMON = {
        "capture_method=automatic|automatic_async|manual",
        "confirmation_method",
        "description",
        "metadata.*",
        "payment_method",
        "payment_method_options.card.request_three_d_secure=automatic",
        "payment_method_options.acss_debit.mandate_options.interval_description",
        "payment_method_options.acss_debit.mandate_options.payment_schedule",
        "payment_method_options.acss_debit.mandate_options.transaction_type",
        "payment_method_options.acss_debit.verification_method",
        "payment_method_options.customer_balance.bank_transfer.type",
        "payment_method_options.customer_balance.funding_type",
        "payment_method_options.us_bank_account.verification_method=automatic|instant",
        "payment_method_types",
        "receipt_email",
        "setup_future_usage",
        "shipping.*",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group"
    };
    private static final String[] CONFIRM = {
        "return_url", "off_session", "error_on_requires_action", "use_stripe_sdk", "mandate_data.*"
    };
    private static final Set<String> CANCELABLE =
            Set.of("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action");

    private final PaymentIntents intents;
    private final PaymentIntentFlow flow;

    PaymentIntentResource(PaymentIntents intents, PaymentIntentFlow flow) {
        this.intents = intents;
        this.flow = flow;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/payment_intents", this::create)
                .takesAnyOf(COMMON)
                .takesWithin("payment_method_data", PaymentMethods.DATA)
                .takesAnyOf(CONFIRM)
                .takes(
                        "amount",
                        "currency",
                        "customer",
                        "confirm",
                        "automatic_payment_methods.enabled",
                        "automatic_payment_methods.allow_redirects");
        routes.get("/v1/payment_intents", this::list).paged().takes("customer");
        routes.get("/v1/payment_intents/{id}", this::retrieve)
                .takes("client_secret")
                .openToBrowsers();
        routes.post("/v1/payment_intents/{id}", this::update)
                .takesAnyOf(COMMON)
                .takesWithin("payment_method_data", PaymentMethods.DATA)
                .takes("amount", "currency", "customer");
        routes.post("/v1/payment_intents/{id}/confirm", this::confirm)
                .takesAnyOf(COMMON)
                .takesWithin("payment_method_data", PaymentMethods.DATA)
                .takesAnyOf(CONFIRM)
                .openToBrowsers();
        routes.post("/v1/payment_intents/{id}/capture", this::capture)
                .takes(
                        "amount_to_capture",
                        "final_capture=true",
                        "metadata.*",
                        "statement_descriptor",
                        "statement_descriptor_suffix");
        routes.post("/v1/payment_intents/{id}/cancel", this::cancel).takes("cancellation_reason");
    }

    private ObjectNode create(Call call) {
        return flow.create(call.params());
    }

    private ObjectNode list(Call call) {
        return call.list(
                intents.store(),
                new Query(intents.store()).where("customer", call.params().text("customer")));
    }

    private ObjectNode retrieve(Call call) {
        ObjectNode intent = permitted(call);
        return call.publishable() ? PaymentIntentJson.publicPart(intent) : intent;
    }

    private ObjectNode update(Call call) {
        ObjectNode intent = permitted(call);
        return flow.update(intent, call.params());
    }

    private ObjectNode confirm(Call call) {
        ObjectNode intent = permitted(call);
        ObjectNode confirmed = flow.confirm(intent, call.params(), call.publishable());
        return call.publishable() ? PaymentIntentJson.publicPart(confirmed) : confirmed;
    }

    private ObjectNode capture(Call call) {
        ObjectNode intent = permitted(call);
        if (!Json.is(intent, "status", "requires_capture")) {
            throw unexpected(
                    intent,
                    "This PaymentIntent could not be captured because it has a status of "
                            + Json.textOf(intent, "status")
                            + ". Only a PaymentIntent with one of the following statuses may be captured:"
                            + " requires_capture.");
        }
        Long amount = call.params().integer("amount_to_capture");
        long capturable = Json.number(intent, "amount_capturable");
        if (amount != null && amount < 1) {
            throw StripeError.malformed(
                    "parameter_invalid_integer", "This value must be greater than or equal to 1.", "amount_to_capture");
        }
        if (amount != null && amount > capturable) {
            throw StripeError.invalid(
                    "amount_too_large",
                    "The requested capture amount is greater than the amount you can capture for this charge.",
                    "amount_to_capture");
        }
        if (amount != null) {
            Currencies.refuseUneven(amount, Json.textOf(intent, "currency"), "amount_to_capture");
        }
        ObjectNode unused = flow.change(intent, call.params());
        return intents.capture(call.variable("id"), amount == null ? capturable : amount);
    }

    private ObjectNode cancel(Call call) {
        ObjectNode intent = permitted(call);
        Params params = call.params();
        String reason =
                params.oneOf("cancellation_reason", "duplicate", "fraudulent", "requested_by_customer", "abandoned");
        if (!CANCELABLE.contains(Json.textOf(intent, "status"))) {
            throw unexpected(
                    intent,
                    "You cannot cancel this PaymentIntent because it has a status of " + Json.textOf(intent, "status")
                            + ". Only a PaymentIntent with one of the following statuses may be canceled:"
                            + " requires_payment_method, requires_capture, requires_confirmation, requires_action,"
                            + " processing.");
        }
        if (intents.isOwned(call.variable("id"))) {
            throw unexpected(
                    intent,
                    "You cannot cancel the PaymentIntent for a Checkout Session. Expire the Checkout Session instead.");
        }
        return intents.cancel(call.variable("id"), reason);
    }

    static StripeError unexpected(ObjectNode intent, String message) {
        return StripeError.invalid("payment_intent_unexpected_state", message, null)
                .with("payment_intent", intent);
    }

    /** The intent of the address; a browser has to know its client secret. */
    private ObjectNode permitted(Call call) {
        ObjectNode intent = call.object(intents.store(), "intent");
        String secret = call.params().text("client_secret");
        if (call.publishable() && secret == null) {
            throw StripeError.malformed("parameter_missing", "Missing required param: client_secret.", "client_secret");
        }
        if (secret != null && !Json.is(intent, "client_secret", secret)) {
            throw StripeError.invalid(
                    "payment_intent_invalid_parameter",
                    "The client_secret provided does not match any associated PaymentIntent on this account. Ensure the"
                            + " publishable key used belongs to the same account that created the PaymentIntent.",
                    "client_secret");
        }
        return intent;
    }
}
