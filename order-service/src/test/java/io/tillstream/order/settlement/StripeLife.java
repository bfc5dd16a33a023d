package io.tillstream.order.settlement;

import io.tillstream.stripeevents.StripeEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The events of one payment's life as Stripe sends them, and what Stripe answers when asked at the end. */
final class StripeLife {

    private final String orderId;
    private final List<StripeEvent> events = new ArrayList<>();
    private final Map<String, JsonNode> refetched = new HashMap<>();
    private long clock = 1_790_000_000L;

    StripeLife(String orderId) {
        this.orderId = orderId;
    }

    List<StripeEvent> events() {
        return events;
    }

    JsonNode refetch(StripeEvent event) {
        return refetched.getOrDefault(event.objectId(), event.object());
    }

    /** The payment intents as they are at the end. */
    List<JsonNode> intents() {
        return refetched.values().stream()
                .filter(object -> object.path("object").asString().equals("payment_intent"))
                .toList();
    }

    /** The next event comes in a later second. */
    StripeLife later() {
        clock++;
        return this;
    }

    StripeLife intent(String id, String event, String status) {
        return intent(id, event, status, 2000, status.equals("succeeded") ? 2000 : 0, "usd", null);
    }

    StripeLife declined(String id) {
        return intent(id, "payment_failed", "requires_payment_method", 2000, 0, "usd", "card_declined");
    }

    StripeLife intent(
            String name, String event, String status, long amount, long received, String currency, String failure) {
        String id = own(name);
        String error = failure == null
                ? "null"
                : "{\"code\":\"%s\",\"decline_code\":\"generic_decline\",\"message\":\"Your card was declined.\"}"
                        .formatted(failure);
        String object =
                """
                {"id":"%s","object":"payment_intent","status":"%s","amount":%d,"amount_received":%d,"currency":"%s",
                 "latest_charge":"%s","last_payment_error":%s,"client_secret":"%s_secret_x",
                 "metadata":{"order_id":"%s","env":"test","attempt_id":"a-%s"}}
                """.formatted(id, status, amount, received, currency, id.replace("pi_", "ch_"), error, id, orderId, id);
        return add("payment_intent." + event, id, object);
    }

    StripeLife session(String name, String intent, String event, String status, String paymentStatus) {
        String id = own(name);
        String intentId = intent == null ? null : own(intent);
        String object =
                """
                {"id":"%s","object":"checkout.session","mode":"payment","status":"%s","payment_status":"%s",
                 "amount_total":2000,"currency":"usd","payment_intent":%s,
                 "metadata":{"order_id":"%s","env":"test"}}
                """.formatted(id, status, paymentStatus, intentId == null ? "null" : "\"" + intentId + "\"", orderId);
        return add("checkout.session." + event, id, object);
    }

    StripeLife refund(String name, String intent, String event, String status, long amount) {
        String id = own(name);
        String intentId = own(intent);
        String object = """
                {"id":"%s","object":"refund","status":"%s","amount":%d,"currency":"usd","payment_intent":"%s","charge":"%s"}
                """.formatted(id, status, amount, intentId, intentId.replace("pi_", "ch_"));
        return add(event, id, object);
    }

    StripeLife dispute(String name, String intent, String event, String status) {
        String id = own(name);
        String intentId = own(intent);
        String object = """
                {"id":"%s","object":"dispute","status":"%s","amount":2000,"currency":"usd","payment_intent":"%s",
                 "charge":"%s","reason":"fraudulent"}
                """.formatted(id, status, intentId, intentId.replace("pi_", "ch_"));
        return add("charge.dispute." + event, id, object);
    }

    /** Stripe's ids are unique over all orders. */
    private String own(String name) {
        return name + "_" + orderId.replace("-", "");
    }

    private StripeLife add(String type, String objectId, String object) {
        StripeEvent event = StripeEvent.read(
                """
                {"id":"evt_%s_%d","object":"event","type":"%s","created":%d,"livemode":false,
                 "api_version":"2026-07-29","data":{"object":%s}}
                """.formatted(orderId, events.size(), type, clock, object).getBytes(StandardCharsets.UTF_8));
        events.add(event);
        refetched.put(objectId, event.object());
        return this;
    }
}
