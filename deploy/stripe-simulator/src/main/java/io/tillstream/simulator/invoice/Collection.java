package io.tillstream.simulator.invoice;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.invoice.Invoicing.Collected;
import io.tillstream.simulator.paymentintent.Confirmation;
import io.tillstream.simulator.paymentintent.PaymentIntentFlow;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Takes what an invoice has due; and learns from its PaymentIntent how that went, whoever confirmed it. */
@Component
class Collection {
    private final Invoices invoices;
    private final InvoicePayments payments;
    private final Retries retries;
    private final PaymentIntentFlow flow;
    private final Customers customers;
    private final Stores stores;
    private boolean attempting;

    Collection(
            Invoices invoices,
            InvoicePayments payments,
            Retries retries,
            PaymentIntentFlow flow,
            Customers customers,
            Stores stores,
            Events events) {
        this.invoices = invoices;
        this.payments = payments;
        this.retries = retries;
        this.flow = flow;
        this.customers = customers;
        this.stores = stores;
        events.follow(this::follow);
        retries.by(id -> {
            Collected unused = collect(id, Map.of("off_session", "true"));
        });
    }

    /** One attempt; a refusal by the bank is a value here. */
    Collected collect(String id, Map<String, String> confirmation) {
        try {
            return attempt(id, confirmation);
        } catch (StripeError refused) {
            return Collected.FAILED;
        }
    }

    /** One attempt; a refusal is thrown, after it was recorded and told. */
    Collected attempt(String id, Map<String, String> confirmation) {
        ObjectNode invoice = invoices.store().get(id);
        String status = Json.textOf(invoice, "status");
        if (!status.equals("open") && !status.equals("uncollectible")) {
            return status.equals("paid") ? Collected.PAID : Collected.FAILED;
        }
        ObjectNode intent = payments.intent(id).orElseThrow();
        if (Json.is(intent, "status", "processing")) {
            return Collected.PROCESSING;
        }
        String method = Objects.requireNonNullElse(confirmation.get("payment_method"), "");
        String chosen = method.isEmpty() ? defaultMethod(invoice).orElse(null) : method;
        if (chosen == null) {
            if (!Json.is(invoice, "billing_reason", "subscription_create")) {
                retries.failed(id);
            }
            return Collected.NO_PAYMENT_METHOD;
        }
        confirm(intent, chosen, "true".equals(confirmation.get("off_session")));
        return outcome(payments.intent(id).orElseThrow());
    }

    private void confirm(ObjectNode intent, String method, boolean offSession) {
        boolean before = attempting; // what follows a payment may be the next invoice
        attempting = true;
        try {
            Params how = new Params(Json.object().put("payment_method", method));
            flow.confirm(intent, how, false, Confirmation.byBilling(offSession));
        } finally {
            attempting = before;
        }
    }

    private static Collected outcome(ObjectNode intent) {
        return switch (Json.textOf(intent, "status")) {
            case "succeeded" -> Collected.PAID;
            case "requires_action" -> Collected.ACTION_REQUIRED;
            case "processing" -> Collected.PROCESSING;
            default -> Collected.FAILED;
        };
    }

    /** The invoice's, else its subscription's, else the customer's. */
    private Optional<String> defaultMethod(ObjectNode invoice) {
        String subscription = Json.text(invoice, Invoices.SUBSCRIPTION);
        Optional<ObjectNode> billed = subscription == null ? Optional.empty() : stores.find(subscription);
        ObjectNode customer = customers.store().get(Json.textOf(invoice, "customer"));
        return Stream.of(
                        first(invoice, "default_payment_method", "default_source"),
                        billed.map(each -> first(each, "default_payment_method", "default_source"))
                                .orElse(""),
                        first(customer, "invoice_settings.default_payment_method", "default_source"))
                .filter(id -> !id.isEmpty())
                .findFirst();
    }

    private static String first(ObjectNode object, String field, String otherwise) {
        @Nullable String value = Json.text(object, field);
        return Objects.requireNonNullElse(value == null ? Json.text(object, otherwise) : value, "");
    }

    private void follow(String type, ObjectNode intent) {
        if (!type.startsWith("payment_intent.")) {
            return;
        }
        ObjectNode payment = payments.by(Json.textOf(intent, "id")).orElse(null);
        ObjectNode invoice = payment == null
                ? null
                : invoices.store().find(Json.textOf(payment, "invoice")).orElse(null);
        if (payment == null || invoice == null || !Invoices.isPayable(invoice)) {
            return;
        }
        String id = Json.textOf(invoice, "id");
        switch (type) {
            case "payment_intent.succeeded" -> invoices.paid(id, payment);
            case "payment_intent.payment_failed" -> retries.failed(id);
            case "payment_intent.requires_action" -> retries.actionRequired(id, attempting);
            case "payment_intent.canceled" -> invoices.voided(id);
            default -> {
                // Nothing to an invoice yet.
            }
        }
    }
}
