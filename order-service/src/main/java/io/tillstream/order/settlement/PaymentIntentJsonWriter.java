package io.tillstream.order.settlement;

import io.tillstream.order.payment.PaymentResponse;
import io.tillstream.stripeevents.StripeEvent;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Puts an intent that payment-service read from Stripe back into Stripe's own shape. */
final class PaymentIntentJsonWriter {

    private PaymentIntentJsonWriter() {}

    /** Stands for an object of which only one thing was asked. */
    static JsonNode vouched(String name, boolean ours) {
        return JsonNodeFactory.instance.objectNode().put(name, ours);
    }

    /** The event's object with status, amounts and failure as they are now. */
    static JsonNode of(PaymentResponse payment, StripeEvent event) {
        var intent = Objects.requireNonNull(payment.intent());
        ObjectNode shape = (ObjectNode) event.object().deepCopy();
        shape.put("status", intent.status());
        shape.put("amount", intent.amount());
        shape.put("currency", intent.currency());
        if (intent.amountReceived() != null) {
            shape.put("amount_received", intent.amountReceived());
        }
        var failure = PaymentResponseStates.intent(intent, payment.failure());
        boolean saysLess = failure.failureCode() == null && intent.status().equals("requires_payment_method");
        if (saysLess) {
            return shape; // the event's own error is still why
        }
        shape.remove("last_payment_error");
        if (failure.failureCode() != null) {
            ObjectNode error = shape.putObject("last_payment_error");
            error.put("code", failure.failureCode());
            error.put("decline_code", failure.declineCode());
            error.put("message", failure.failureMessage());
        }
        return shape;
    }
}
