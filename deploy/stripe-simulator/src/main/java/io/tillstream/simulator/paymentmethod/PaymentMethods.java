package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Payment methods: whose they are, and what they still serve for. */
@Component
public class PaymentMethods {
    /** What a payment method can be made of, as {@code payment_method_data} has it. */
    public static final List<String> DATA = List.of(
            "allow_redisplay",
            "billing_details.address.*",
            "billing_details.email",
            "billing_details.name",
            "billing_details.phone",
            "card.cvc",
            "card.exp_month",
            "card.exp_year",
            "card.number",
            "card.token",
            "metadata.*",
            "sepa_debit.iban",
            "type=card|customer_balance|sepa_debit|us_bank_account",
            "us_bank_account.account_holder_type",
            "us_bank_account.account_number",
            "us_bank_account.account_type",
            "us_bank_account.routing_number");

    private final Events events;
    private final Customers customers;
    private final NewPaymentMethods made;
    private final Store methods;
    private final StateMap<Boolean> readyForLater;

    PaymentMethods(Events events, Customers customers, NewPaymentMethods made, Stores stores) {
        this.events = events;
        this.customers = customers;
        this.made = made;
        this.methods = stores.open("payment_method", "pm", "customer");
        this.readyForLater = stores.map("payment_method.ready_for_later", Boolean.class);
        customers.uponCreation(this::addTo);
        customers.uponDeletion(this::detachAll);
        customers.beforeUpdate(this::refuseForeignDefault);
    }

    public Store store() {
        return methods;
    }

    /**
     * The payment method of this id. Stripe's ready ones, {@code pm_card_…}, are templates: each use makes a new payment
     * method of its own.
     */
    public ObjectNode resolve(String id, String param) {
        if (NewPaymentMethods.isTemplate(id)) {
            return add(made.ofTemplate(id, param).orElseThrow(() -> noSuch(id, param)));
        }
        return methods.find(id).orElseThrow(() -> noSuch(id, param));
    }

    private static StripeError noSuch(String id, String param) {
        return StripeError.missingReference("payment_method", id, param);
    }

    /** From {@code type} and its details, as {@code payment_method_data} has them. */
    public ObjectNode create(Params params) {
        return add(made.from(params));
    }

    private ObjectNode add(ObjectNode method) {
        methods.add(method);
        return method;
    }

    /** What it does when it is used. */
    public Behavior behavior(ObjectNode method) {
        String type = Json.textOf(method, "type");
        if (type.equals("customer_balance")) {
            return Behavior.SUCCEEDS; // it waits until the money is there
        }
        String fingerprint = Json.textOf(method.path(type), "fingerprint");
        if (type.equals("card")) {
            return TestCards.withFingerprint(fingerprint).orElseThrow().behavior();
        }
        return TestBankAccounts.withFingerprint(fingerprint).orElseThrow().behavior();
    }

    /** Why a bank gives a debit back; null if it does not. */
    public @Nullable String debitFailure(ObjectNode method) {
        String type = Json.textOf(method, "type");
        String fingerprint = Json.textOf(method.path(type), "fingerprint");
        return TestBankAccounts.withFingerprint(fingerprint)
                .map(TestAccount::failureCode)
                .orElse(null);
    }

    /** Attaches it to a customer; the bank may refuse. */
    @CanIgnoreReturnValue
    public ObjectNode attach(String id, String customer) {
        ObjectNode method = methods.get(id);
        String owner = Json.text(method, "customer");
        if (customer.equals(owner)) {
            return method;
        }
        if (owner != null) {
            throw StripeError.invalid(
                    null, "The payment method you provided has already been attached to a customer.", null);
        }
        refuseSpent(id);
        Behavior behavior = behavior(method);
        Decline decline = behavior.decline();
        if (decline != null && behavior.declinesOnAttach()) {
            throw decline.error();
        }
        ObjectNode attached = methods.update(id, each -> {
                    each.put("customer", customer);
                    if (each.get("card") instanceof ObjectNode card
                            && !Json.present(card.path("checks"), "cvc_check")) {
                        ((ObjectNode) card.get("checks")).put("cvc_check", "pass");
                    }
                })
                .object();
        events.emit("payment_method.attached", attached);
        return attached;
    }

    /** Without a customer it serves once; afterwards it can neither be used nor attached. */
    public void refuseSpent(String id) {
        if (methods.isMarked(id)) {
            throw StripeError.invalid(
                    "payment_method_unexpected_state",
                    "This PaymentMethod was previously used without being attached to a Customer or was detached from a"
                            + " Customer, and may not be used again.",
                    null);
        }
    }

    public void spend(String id) {
        methods.mark(id);
    }

    /** Detaches it for good: a payment method that was detached cannot be attached again. */
    @CanIgnoreReturnValue
    public ObjectNode detach(String id) {
        ObjectNode method = methods.get(id);
        String owner = Json.text(method, "customer");
        if (owner == null) {
            throw StripeError.invalid(
                    null,
                    "The payment method you provided is not attached to a customer so detachment is impossible.",
                    null);
        }
        Store.Change detached = methods.update(id, each -> each.putNull("customer"));
        readyForLater.remove(id);
        methods.mark(id);
        forgetDefault(owner, id);
        events.emit("payment_method.detached", detached.object(), detached.previous());
        return detached.object();
    }

    private void forgetDefault(String owner, String method) {
        customers
                .store()
                .find(owner)
                .filter(customer -> !Json.isTrue(customer, "deleted"))
                .ifPresent(customer -> {
                    if (Json.is(customer.path("invoice_settings"), "default_payment_method", method)) {
                        customers.change(owner, each -> ((ObjectNode) each.get("invoice_settings"))
                                .putNull("default_payment_method"));
                    }
                });
    }

    /** A payment method that was set up needs no further authentication with most cards. */
    public void markReadyForLater(String id) {
        readyForLater.put(id, true);
    }

    public boolean isReadyForLater(String id) {
        return readyForLater.contains(id);
    }

    private void refuseForeignDefault(String customer, Params params) {
        Params settings = params.child("invoice_settings");
        String id = settings == null ? null : settings.text("default_payment_method");
        if (settings == null || id == null) {
            return;
        }
        String param = settings.param("default_payment_method");
        if (!Json.is(methods.find(id).orElseThrow(() -> noSuch(id, param)), "customer", customer)) {
            throw StripeError.invalid(
                    "resource_missing",
                    "The customer does not have a payment method with the ID " + id
                            + ". The payment method must be attached to the customer.",
                    param);
        }
    }

    private void addTo(Customers.NewCustomer customer) {
        String method = customer.call().params().text("payment_method");
        String id = Json.textOf(customer.customer(), "id");
        if (method != null) {
            String attached = Json.textOf(resolve(method, "payment_method"), "id");
            attach(attached, id);
            customers.store().update(id, each -> {
                ObjectNode settings = (ObjectNode) each.get("invoice_settings");
                if (Json.is(settings, "default_payment_method", method)) {
                    settings.put("default_payment_method", attached);
                }
            });
        }
    }

    private void detachAll(ObjectNode customer) {
        new Query(methods).where("customer", Json.textOf(customer, "id")).all().forEach(method -> {
            Store.Change detached = methods.update(Json.textOf(method, "id"), each -> each.putNull("customer"));
            events.emit("payment_method.detached", detached.object(), detached.previous());
        });
    }
}
