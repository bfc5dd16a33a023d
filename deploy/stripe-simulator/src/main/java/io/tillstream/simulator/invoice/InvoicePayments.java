package io.tillstream.simulator.invoice;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentintent.PaymentIntents;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which PaymentIntent pays which invoice. */
@Component
class InvoicePayments {
    private static final Set<String> CANCELABLE =
            Set.of("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action");

    private final BillingTime time;
    private final Events events;
    private final OwnCalls stripe;
    private final PaymentIntents intents;
    private final Stores stores;
    private final Store payments;

    InvoicePayments(BillingTime time, Events events, OwnCalls stripe, PaymentIntents intents, Stores stores) {
        this.time = time;
        this.events = events;
        this.stripe = stripe;
        this.intents = intents;
        this.stores = stores;
        this.payments = stores.open("invoice_payment", "inpay", "invoice", "payment.payment_intent");
    }

    Store store() {
        return payments;
    }

    /** The PaymentIntent for what an invoice has due. */
    void begin(ObjectNode invoice) {
        Map<String, String> wanted = new HashMap<>();
        String currency = Json.textOf(invoice, "currency");
        long amount = Json.number(invoice, "amount_due");
        wanted.put("amount", Long.toString(amount));
        wanted.put("currency", currency);
        wanted.put("customer", Json.textOf(invoice, "customer"));
        wanted.put("description", description(invoice));
        int index = 0;
        for (String type : types(invoice, currency)) {
            wanted.put("payment_method_types[" + index++ + "]", type);
        }
        if (savesMethod(invoice)) {
            wanted.put("setup_future_usage", "off_session");
        }
        String intent = Json.textOf(stripe.post("/v1/payment_intents", wanted), "id");
        ObjectNode payment = Json.object("invoice_payment", Ids.next("inpay"));
        payment.putNull("amount_paid").put("amount_requested", amount).put("created", time.now());
        payment.put("currency", currency).put("invoice", Json.textOf(invoice, "id"));
        payment.put("is_default", true).put("livemode", false);
        payment.putObject("payment").put("payment_intent", intent).put("type", "payment_intent");
        payment.put("status", "open");
        payment.putObject("status_transitions").putNull("canceled_at").putNull("paid_at");
        payments.add(payment);
    }

    private static String description(ObjectNode invoice) {
        return switch (Json.textOf(invoice, "billing_reason")) {
            case "subscription_create" -> "Subscription creation";
            case "subscription_cycle", "subscription_update" -> "Subscription update";
            default -> "Payment for Invoice";
        };
    }

    private static List<String> types(ObjectNode invoice, String currency) {
        JsonNode chosen = invoice.path("payment_settings").path("payment_method_types");
        if (chosen.isArray() && !chosen.isEmpty()) {
            return chosen.valueStream().map(JsonNode::asString).toList();
        }
        return switch (currency) {
            case "usd" -> List.of("card", "us_bank_account");
            case "eur" -> List.of("card", "sepa_debit");
            default -> List.of("card");
        };
    }

    private boolean savesMethod(ObjectNode invoice) {
        String subscription = Json.text(invoice, Invoices.SUBSCRIPTION);
        return subscription != null
                && stores.find(subscription)
                        .filter(found ->
                                Json.is(found, "payment_settings.save_default_payment_method", "on_subscription"))
                        .isPresent();
    }

    /** The payment by which an invoice is to be paid; empty for one that needed none. */
    Optional<ObjectNode> of(String invoice) {
        return new Query(payments)
                .where("invoice", invoice)
                .where(payment -> Json.isTrue(payment, "is_default"))
                .newest();
    }

    /** The PaymentIntent of an invoice, as it is now. */
    Optional<ObjectNode> intent(String invoice) {
        return of(invoice).flatMap(payment -> intents.store().find(Json.text(payment, "payment.payment_intent")));
    }

    /** The payment that an intent is for. */
    Optional<ObjectNode> by(String intent) {
        return new Query(payments).where("payment.payment_intent", intent).newest();
    }

    @CanIgnoreReturnValue
    ObjectNode paid(ObjectNode payment, long amount) {
        return payments.update(Json.textOf(payment, "id"), each -> {
                    each.put("amount_paid", amount).put("status", "paid");
                    ((ObjectNode) each.get("status_transitions")).put("paid_at", time.now());
                })
                .object();
    }

    void tellPaid(ObjectNode payment) {
        events.emit("invoice_payment.paid", payment);
    }

    /** Another amount is to be paid now. */
    void request(String invoice, long amount) {
        ObjectNode payment = of(invoice).orElseThrow();
        stripe.post(
                "/v1/payment_intents/" + Json.text(payment, "payment.payment_intent"),
                Map.of("amount", Long.toString(amount)));
        payments.update(Json.textOf(payment, "id"), each -> each.put("amount_requested", amount));
    }

    /** Nothing is to be paid by it any more. */
    void cancel(String invoice) {
        of(invoice).filter(payment -> Json.is(payment, "status", "open")).ifPresent(payment -> {
            payments.update(Json.textOf(payment, "id"), each -> {
                each.put("status", "canceled");
                ((ObjectNode) each.get("status_transitions")).put("canceled_at", time.now());
            });
            intent(invoice)
                    .filter(intent -> CANCELABLE.contains(Json.textOf(intent, "status")))
                    .ifPresent(intent -> {
                        ObjectNode unused = intents.cancel(Json.textOf(intent, "id"), "void_invoice");
                    });
        });
    }

    /** As {@code expand[]=payments} shows them. */
    ObjectNode list(String invoice) {
        return Call.list(
                "/v1/invoice_payments?invoice=" + invoice,
                new Query.Slice(new Query(payments).where("invoice", invoice).all(), false));
    }
}
