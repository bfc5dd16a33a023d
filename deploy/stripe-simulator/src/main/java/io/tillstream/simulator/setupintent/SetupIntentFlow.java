package io.tillstream.simulator.setupintent;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.paymentintent.Confirmation;
import io.tillstream.simulator.paymentmethod.AutomaticPaymentMethods;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** The paths of a SetupIntent as a caller takes them. */
@Component
public class SetupIntentFlow {
    private static final Set<String> CONFIRMABLE =
            Set.of("requires_payment_method", "requires_confirmation", "requires_action");

    private final Timeline timeline;
    private final SetupIntents setups;
    private final PaymentMethods methods;
    private final Customers customers;

    SetupIntentFlow(Timeline timeline, SetupIntents setups, PaymentMethods methods, Customers customers) {
        this.timeline = timeline;
        this.setups = setups;
        this.methods = methods;
        this.customers = customers;
    }

    /** With the parameters of {@code POST /v1/setup_intents}, {@code confirm} among them. */
    public ObjectNode create(Params params) {
        String id = Ids.next("seti");
        ObjectNode setup = Json.object("setup_intent", id).putNull("application");
        setup.putNull("automatic_payment_methods").putNull("cancellation_reason");
        setup.put("client_secret", Ids.clientSecret(id))
                .put("created", timeline.now())
                .putNull("customer");
        setup.putNull("customer_account").putNull("description").putNull("excluded_payment_method_types");
        setup.putNull("flow_directions")
                .putNull("last_setup_error")
                .putNull("latest_attempt")
                .put("livemode", false);
        setup.putNull("mandate").putObject("metadata");
        setup.putNull("next_action").putNull("on_behalf_of").putNull("payment_method");
        setup.putNull("payment_method_configuration_details");
        setup.putObject("payment_method_options")
                .set(
                        "card",
                        Json.literal("{'mandate_options':null,'network':null,'request_three_d_secure':'automatic'}"));
        setup.putArray("payment_method_types").add("card");
        setup.putNull("single_use_mandate")
                .put("status", "requires_payment_method")
                .put("usage", "off_session");
        boolean unused = AutomaticPaymentMethods.choose(params, setup);
        apply(params, setup);
        boolean confirm = params.isTrue("confirm");
        if (confirm) {
            refuseUnconfirmable(setup, Confirmation.read(params), false);
            refuseUnauthorized(setup, params, false);
        } else {
            Confirmation.refuse(params, "SetupIntent");
        }
        setups.add(setup);
        return confirm ? setups.confirm(id, Confirmation.read(params)) : setup;
    }

    private void apply(Params params, ObjectNode setup) {
        params.copy(setup, "description");
        Metadata.apply(params, setup);
        String usage = params.oneOf("usage", "off_session", "on_session");
        if (usage != null) {
            setup.put("usage", usage);
        }
        List<String> types = params.texts("payment_method_types");
        if (!types.isEmpty()) {
            setup.set("payment_method_types", Json.array(types));
            setup.putNull("automatic_payment_methods");
        }
        if (params.has("payment_method_options")) {
            params.copyObject(setup, "payment_method_options", (ObjectNode) setup.get("payment_method_options"));
        }
        if (params.has("customer")) {
            String customer = params.text("customer");
            boolean known = customer == null
                    || customers
                            .store()
                            .find(customer)
                            .filter(each -> !Json.isTrue(each, "deleted"))
                            .isPresent();
            if (!known) {
                throw StripeError.missingReference("customer", Objects.requireNonNull(customer), "customer");
            }
            setup.put("customer", customer);
        }
        ObjectNode method = method(params);
        if (method != null) {
            refuseForeign(method, Json.text(setup, "customer"));
            refuseOtherType(method, setup);
            setup.set("payment_method", method.get("id"));
            setup.put("status", "requires_confirmation").putNull("next_action");
        }
    }

    private @Nullable ObjectNode method(Params params) {
        params.refuseBoth("payment_method", "payment_method_data");
        Params data = params.child("payment_method_data");
        String id = params.text("payment_method");
        if (data == null && id == null) {
            return null;
        }
        ObjectNode method =
                id == null ? methods.create(Objects.requireNonNull(data)) : methods.resolve(id, "payment_method");
        methods.refuseSpent(Json.textOf(method, "id"));
        return method;
    }

    private static void refuseForeign(ObjectNode method, @Nullable String customer) {
        String owner = Json.text(method, "customer");
        if (owner != null && !owner.equals(customer)) {
            throw StripeError.invalid(
                    null,
                    "The payment method " + Json.textOf(method, "id") + " belongs to the Customer " + owner
                            + ". Please include the Customer in the `customer` parameter on the SetupIntent.",
                    "payment_method");
        }
    }

    private static void refuseOtherType(ObjectNode method, ObjectNode setup) {
        String type = Json.textOf(method, "type");
        boolean allowed = Json.present(setup, "automatic_payment_methods")
                || setup.get("payment_method_types").valueStream().anyMatch(each -> each.asString()
                        .equals(type));
        if (!allowed) {
            throw StripeError.invalid(
                    "setup_intent_invalid_parameter",
                    "The PaymentMethod provided (" + type + ") is not allowed for this SetupIntent. Please attach a"
                            + " PaymentMethod of one of the allowed types or change the allowed types.",
                    "payment_method");
        }
    }

    ObjectNode update(ObjectNode setup, Params params) {
        String status = Json.textOf(setup, "status");
        if (status.equals("succeeded") || status.equals("canceled")) {
            throw unexpected(setup, "You cannot update this SetupIntent because it has a status of " + status + ".");
        }
        return change(setup, params);
    }

    private ObjectNode change(ObjectNode setup, Params params) {
        ObjectNode trial = setup.deepCopy();
        apply(params, trial);
        return setups.change(Json.textOf(setup, "id"), each -> {
            each.removeAll();
            each.setAll(trial);
        });
    }

    /** With the parameters of {@code POST /v1/setup_intents/:id/confirm}. */
    public ObjectNode confirm(ObjectNode setup, Params params, boolean byBrowser) {
        String status = Json.textOf(setup, "status");
        if (!CONFIRMABLE.contains(status)) {
            throw unexpected(
                    setup,
                    "You cannot confirm this SetupIntent because it "
                            + (status.equals("succeeded")
                                    ? "has already succeeded."
                                    : "has a status of " + status + "."));
        }
        ObjectNode changed = change(setup, params);
        refuseUnconfirmable(changed, Confirmation.read(params), byBrowser);
        refuseUnauthorized(changed, params, byBrowser);
        return setups.confirm(Json.textOf(setup, "id"), Confirmation.read(params));
    }

    /** A bank account is set up by a mandate: given now, or accepted in the browser or on a page of Stripe's. */
    private void refuseUnauthorized(ObjectNode setup, Params params, boolean byBrowser) {
        boolean accepted = Confirmation.accepts(params, byBrowser) || byBrowser;
        ObjectNode method = methods.store().get(Json.textOf(setup, "payment_method"));
        refuseOtherType(method, setup);
        if (!accepted && !Json.is(method, "type", "card")) {
            throw StripeError.invalid(
                    "setup_intent_invalid_parameter",
                    "This SetupIntent requires a mandate. Collect mandate acceptance from the customer and try again,"
                            + " providing acceptance data in the mandate_data parameter.",
                    "mandate_data");
        }
    }

    private static void refuseUnconfirmable(ObjectNode setup, Confirmation how, boolean byBrowser) {
        if (!Json.present(setup, "payment_method")) {
            throw unexpected(
                    setup,
                    "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a"
                            + " payment method and then confirm it again.");
        }
        boolean mayRedirect = Json.is(setup.path("automatic_payment_methods"), "allow_redirects", "always");
        if (mayRedirect && how.returnUrl() == null && !how.sdk() && !byBrowser) {
            throw StripeError.invalid(
                    "setup_intent_invalid_parameter",
                    "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of"
                            + " these payment methods might redirect your customer off of your page, you must provide a"
                            + " `return_url`.",
                    "return_url");
        }
    }

    static StripeError unexpected(ObjectNode setup, String message) {
        return StripeError.invalid("setup_intent_unexpected_state", message, null)
                .with("setup_intent", setup);
    }
}
