package io.tillstream.simulator.charge;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.balance.StatementDescriptor;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.paymentmethod.Behavior;
import io.tillstream.simulator.paymentmethod.CardSources;
import io.tillstream.simulator.paymentmethod.Decline;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /v1/charges}: money taken without a PaymentIntent, from a token or a customer's card
 * (docs.stripe.com/api/charges/create), and its capture.
 */
@Component
class NewCharges implements Resource {
    private static final Duration AUTHORIZATION = Duration.ofDays(7); // how long a card holds uncaptured money
    private static final String[] TEXTS = {
        "description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group"
    };

    private final Timeline timeline;
    private final Charges charges;
    private final Customers customers;
    private final PaymentMethods methods;
    private final CardSources cards;
    private final Work expiry;

    NewCharges(Timeline timeline, Charges charges, Customers customers, PaymentMethods methods, CardSources cards) {
        this.timeline = timeline;
        this.charges = charges;
        this.customers = customers;
        this.methods = methods;
        this.cards = cards;
        this.expiry = timeline.work("charge.expiry", with -> expire(with.get(0)));
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/charges", this::create)
                .takes(TEXTS)
                .takes("amount", "capture", "currency", "customer", "metadata.*", "shipping.*", "source");
        routes.post("/v1/charges/{id}/capture", this::capture)
                .takes("amount", "receipt_email", "statement_descriptor", "statement_descriptor_suffix");
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        EmailAndUrlCheck.refuseBadEmail(params, "receipt_email");
        long amount = params.requiredInteger("amount");
        String currency = Currencies.read(params);
        Currencies.refuseBadAmount(amount, currency);
        StatementDescriptor.refuseBadWords(params);
        String customer = params.text("customer");
        call.referenced(customers.store(), "customer");
        ObjectNode asked = asked(params, amount, currency, customer);
        ObjectNode method = method(params, customer);
        asked.set("source", cards.card(method));
        Behavior behavior = methods.behavior(method);
        Decline decline = behavior.needsAuthentication(true, methods.isReadyForLater(Json.textOf(method, "id")))
                ? Decline.AUTHENTICATION_REQUIRED
                : behavior.decline();
        if (decline != null) {
            ObjectNode charge = charges.declined(asked, method, behavior, decline);
            throw decline.error().with("charge", Json.textOf(charge, "id")).leavingChanges();
        }
        ObjectNode charge = charges.accepted(asked, method, behavior, false);
        String id = Json.textOf(charge, "id");
        if (Json.isTrue(charge, "captured")) {
            charges.succeeded(id, behavior);
        } else {
            timeline.in(AUTHORIZATION, expiry, id);
        }
        return charges.store().get(id);
    }

    /** As an intent would ask for it. */
    private static ObjectNode asked(Params params, long amount, String currency, @Nullable String customer) {
        ObjectNode asked = Json.object().putNull("id").put("amount", amount).put("currency", currency);
        asked.put("capture_method", Boolean.FALSE.equals(params.flag("capture")) ? "manual" : "automatic");
        asked.put("customer", customer);
        for (String text : TEXTS) {
            asked.put(text, params.text(text));
        }
        asked.putNull("shipping");
        params.copyObject(asked, "shipping", ChargeResource.NO_SHIPPING);
        Metadata.apply(params, asked);
        return asked;
    }

    private ObjectNode method(Params params, @Nullable String customer) {
        String source = params.text("source");
        if (source == null) {
            if (customer == null) {
                throw StripeError.malformed("parameter_missing", "Must provide source or customer.", null);
            }
            String known = Json.text(customers.store().get(customer), "default_source");
            if (known == null) {
                throw StripeError.card("missing", null, "Cannot charge a customer that has no active card")
                        .with("param", "card");
            }
            return methods.store().get(known);
        }
        if (customer == null) {
            return cards.once(source);
        }
        return methods.store()
                .find(source)
                .filter(each -> Json.is(each, "customer", customer))
                .orElseThrow(() -> StripeError.invalid(
                        "missing",
                        "Customer " + customer + " does not have a linked source with ID " + source + ".",
                        "source"));
    }

    private ObjectNode capture(Call call) {
        ObjectNode charge = call.object(charges.store(), "charge");
        Params params = call.params();
        if (Json.present(charge, "payment_intent")) {
            throw StripeError.invalid(
                    null,
                    "This charge was made by a PaymentIntent: capture that instead (POST /v1/payment_intents/:id/capture).",
                    null);
        }
        if (Json.isTrue(charge, "captured")) {
            throw StripeError.invalid(
                    "charge_already_captured", "Charge " + call.variable("id") + " has already been captured.", null);
        }
        if (Json.isTrue(charge, "refunded")) {
            throw StripeError.invalid(
                    "charge_expired_for_capture",
                    "Charge " + call.variable("id") + " cannot be captured any more.",
                    null);
        }
        long whole = Json.number(charge, "amount");
        Long part = params.integer("amount");
        long amount = part == null ? whole : part;
        if (amount < 1 || amount > whole) {
            throw StripeError.invalid(
                    "amount_too_large", "You cannot capture a charge for more than it was made for.", "amount");
        }
        EmailAndUrlCheck.refuseBadEmail(params, "receipt_email");
        StatementDescriptor.refuseBadWords(params);
        String id = call.variable("id");
        charges.store()
                .update(
                        id,
                        each -> params.copy(
                                each, "receipt_email", "statement_descriptor", "statement_descriptor_suffix"));
        Behavior behavior = methods.behavior(methods.store().get(Json.textOf(charge, "payment_method")));
        charges.capture(id, amount, behavior);
        charges.succeeded(id, behavior);
        return charges.store().get(id);
    }

    private void expire(String id) {
        charges.store()
                .find(id)
                .filter(each -> !Json.isTrue(each, "captured") && !Json.isTrue(each, "refunded"))
                .ifPresent(each -> charges.release(id, "charge.expired"));
    }
}
