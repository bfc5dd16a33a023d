package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** The paths of a PaymentIntent as a caller takes them: create, update, confirm, with all that can be wrong on the way. */
@Component
public class PaymentIntentFlow {
    private static final Set<String> CONFIRMABLE =
            Set.of("requires_payment_method", "requires_confirmation", "requires_action");

    /** What says nothing of the money: all else was settled when it was taken or set aside. */
    private static final Set<String> HARMLESS =
            Set.of("description", "expand", "metadata", "receipt_email", "shipping");

    private final Timeline timeline;
    private final PaymentIntents intents;
    private final PaymentMethods methods;
    private final Customers customers;
    private final BankTransfers transfers;

    PaymentIntentFlow(
            Timeline timeline,
            PaymentIntents intents,
            PaymentMethods methods,
            Customers customers,
            BankTransfers transfers) {
        this.transfers = transfers;
        this.timeline = timeline;
        this.intents = intents;
        this.methods = methods;
        this.customers = customers;
    }

    /** With the parameters of {@code POST /v1/payment_intents}, {@code confirm} among them. */
    public ObjectNode create(Params params) {
        ObjectNode intent = PaymentIntentJson.create(params, timeline.now());
        String customer = customer(params);
        intent.put("customer", customer);
        boolean confirm = params.isTrue("confirm");
        Confirmation how = Confirmation.read(params);
        if (how.offSession() && !confirm) {
            throw StripeError.malformed(
                    "parameter_invalid",
                    "You can only set off_session to true when confirm is also true.",
                    "off_session");
        }
        if (!confirm) {
            Confirmation.refuse(params, "PaymentIntent");
        }
        ObjectNode method = method(params, intent);
        if (method != null) {
            intent.set("payment_method", method.get("id"));
            intent.put("status", "requires_confirmation");
        }
        if (confirm) {
            refuseUnconfirmable(intent, method, how, false);
            refuseUnauthorized(Objects.requireNonNull(method), params, how, false);
        }
        intents.add(intent);
        return confirm ? confirmed(intent, how) : intent;
    }

    /** Refuses what no PaymentIntent can be made of; none is made. */
    public void check(Params params) {
        ObjectNode unused = PaymentIntentJson.create(params, timeline.now());
    }

    public ObjectNode update(ObjectNode intent, Params params) {
        String status = Json.textOf(intent, "status");
        if (!CONFIRMABLE.contains(status)) {
            params.names().stream()
                    .filter(name -> status.equals("processing") ? !name.equals("expand") : !HARMLESS.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw PaymentIntentResource.unexpected(
                                intent,
                                "This PaymentIntent's " + name + " could not be updated because it has a status of "
                                        + status + ". You may only update the " + name
                                        + " of a PaymentIntent with one of the following statuses:"
                                        + " requires_payment_method, requires_confirmation, requires_action.");
                    });
        }
        return change(intent, params);
    }

    /** Takes parameters over; a refused one leaves the intent as it was. */
    ObjectNode change(ObjectNode intent, Params params) {
        ObjectNode trial = intent.deepCopy();
        PaymentIntentJson.apply(params, trial);
        Long given = params.integer("amount");
        long amount = given == null ? Json.number(intent, "amount") : given;
        String currency = params.has("currency") ? Currencies.read(params) : Json.textOf(intent, "currency");
        if (given != null || params.has("currency")) {
            Currencies.refuseBadAmount(amount, currency);
        }
        trial.put("amount", amount).put("currency", currency);
        PaymentIntentJson.refuseUnfit(trial);
        if (params.has("customer")) {
            trial.put("customer", customer(params));
        }
        ObjectNode method = method(params, trial);
        if (method != null) {
            trial.set("payment_method", method.get("id"));
            trial.put("status", "requires_confirmation").putNull("next_action");
        }
        return intents.change(Json.textOf(intent, "id"), each -> {
            each.removeAll();
            each.setAll(trial);
        });
    }

    /** With the parameters of {@code POST /v1/payment_intents/:id/confirm}. */
    public ObjectNode confirm(ObjectNode intent, Params params, boolean byBrowser) {
        return confirm(intent, params, byBrowser, Confirmation.read(params));
    }

    /** The same, in a way that no caller of the API can ask for. */
    @CanIgnoreReturnValue
    public ObjectNode confirm(ObjectNode intent, Params params, boolean byBrowser, Confirmation how) {
        String status = Json.textOf(intent, "status");
        if (!CONFIRMABLE.contains(status)) {
            throw PaymentIntentResource.unexpected(
                    intent,
                    status.equals("succeeded")
                            ? "You cannot confirm this PaymentIntent because it has already succeeded after being previously"
                                    + " confirmed."
                            : "You cannot confirm this PaymentIntent because it has a status of " + status
                                    + ". Only a PaymentIntent with one of the following statuses may be confirmed:"
                                    + " requires_confirmation, requires_action.");
        }
        if (byBrowser && Json.is(intent, "confirmation_method", "manual")) {
            throw PaymentIntentResource.unexpected(
                    intent,
                    "This PaymentIntent cannot be confirmed with a publishable key because its confirmation_method is"
                            + " manual. Please use a secret key instead.");
        }
        ObjectNode changed = change(intent, params);
        String method = Json.text(changed, "payment_method");
        refuseUnconfirmable(changed, method == null ? null : methods.store().get(method), how, byBrowser);
        refuseUnauthorized(methods.store().get(Objects.requireNonNull(method)), params, how, byBrowser);
        return confirmed(changed, how);
    }

    private ObjectNode confirmed(ObjectNode intent, Confirmation how) {
        String id = Json.textOf(intent, "id");
        boolean transfer =
                Json.is(methods.store().get(Json.textOf(intent, "payment_method")), "type", BankTransfers.TYPE);
        return transfer ? transfers.await(id) : intents.confirm(id, how);
    }

    private @Nullable String customer(Params params) {
        String id = params.text("customer");
        if (id == null) {
            return null;
        }
        return customers
                .store()
                .find(id)
                .filter(customer -> !Json.isTrue(customer, "deleted"))
                .map(customer -> id)
                .orElseThrow(() -> StripeError.missingReference("customer", id, "customer"));
    }

    /** The payment method that the parameters name or describe, checked against the intent; null if none. */
    private @Nullable ObjectNode method(Params params, ObjectNode intent) {
        params.refuseBoth("payment_method", "payment_method_data");
        Params data = params.child("payment_method_data");
        String id = params.text("payment_method");
        if (data == null && id == null) {
            return null;
        }
        ObjectNode method =
                id == null ? methods.create(Objects.requireNonNull(data)) : methods.resolve(id, "payment_method");
        methods.refuseSpent(Json.textOf(method, "id"));
        refuseForeign(method, Json.text(intent, "customer"));
        String type = Json.textOf(method, "type");
        boolean allowed = StreamSupport.stream(
                        intent.get("payment_method_types").spliterator(), false)
                .anyMatch(each -> each.asString().equals(type));
        if (!allowed) {
            throw StripeError.invalid(
                    "payment_intent_invalid_parameter",
                    "The PaymentMethod provided (" + type + ") is not allowed for this PaymentIntent. Please attach a"
                            + " PaymentMethod of one of the allowed types or change the allowed types.",
                    "payment_method");
        }
        return method;
    }

    private static void refuseForeign(ObjectNode method, @Nullable String customer) {
        String owner = Json.text(method, "customer");
        String id = Json.textOf(method, "id");
        if (owner != null && customer == null) {
            throw StripeError.invalid(
                    null,
                    "The PaymentMethod " + id + " belongs to the Customer " + owner
                            + ". Please include the Customer in the `customer` parameter on the PaymentIntent.",
                    "payment_method");
        }
        if (owner != null && !owner.equals(customer)) {
            throw StripeError.invalid(
                    null,
                    "The customer " + customer + " does not have a payment method with the ID " + id
                            + ". The payment method must be attached to the customer.",
                    "payment_method");
        }
    }

    /** A bank is debited by a mandate only: given now, kept from when the account was set up, or by a page of Stripe's. */
    private void refuseUnauthorized(ObjectNode method, Params params, Confirmation how, boolean byBrowser) {
        boolean debit = !Json.is(method, "type", "card") && !Json.is(method, "type", "customer_balance");
        boolean given = Confirmation.accepts(params, byBrowser) || methods.isReadyForLater(Json.textOf(method, "id"));
        if (debit && !given && !how.byStripe() && !byBrowser) {
            throw StripeError.invalid(
                    "payment_intent_invalid_parameter",
                    "This PaymentIntent requires a mandate, but no existing mandate was found. Collect mandate acceptance"
                            + " from the customer and try again, providing acceptance data in the mandate_data parameter.",
                    "mandate_data");
        }
    }

    private static void refuseUnconfirmable(
            ObjectNode intent, @Nullable ObjectNode method, Confirmation how, boolean byBrowser) {
        if (method == null) {
            throw PaymentIntentResource.unexpected(
                    intent,
                    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the"
                            + " PaymentIntent with a payment method and then confirm it again, or confirm it again directly"
                            + " with a payment method or ConfirmationToken.");
        }
        if (Json.is(method, "type", "customer_balance") && !Json.present(intent, "customer")) {
            throw StripeError.invalid(
                    "payment_intent_invalid_parameter",
                    "A PaymentIntent with the payment method type customer_balance must have a customer.",
                    "customer");
        }
        boolean mayRedirect = Json.is(intent.path("automatic_payment_methods"), "allow_redirects", "always");
        if (mayRedirect && how.returnUrl() == null && !how.offSession() && !how.sdk() && !byBrowser) {
            throw StripeError.invalid(
                    "payment_intent_invalid_parameter",
                    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of"
                            + " these payment methods might redirect your customer off of your page, you must provide a"
                            + " `return_url`. If you don't want to accept redirect-based payment methods, set"
                            + " `automatic_payment_methods[enabled]` to `true` and"
                            + " `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and"
                            + " Payment Intents.",
                    "return_url");
        }
    }
}
