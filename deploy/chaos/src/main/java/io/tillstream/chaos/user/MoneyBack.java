package io.tillstream.chaos.user;

import com.fasterxml.jackson.databind.JsonNode;
import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.client.Stripe;
import io.tillstream.chaos.plan.Step;
import java.util.Random;

/** Refunds by the operator, and disputes by banks. */
final class MoneyBack {
    private final Stripe stripe;

    MoneyBack(Stripe stripe) {
        this.stripe = stripe;
    }

    void refund(Step step, Visitor user, Visitor operator) {
        Random random = step.random();
        user.possessions().anyPaid(random).ifPresent(order -> {
            String body = random.nextBoolean()
                    ? "{\"reason\": \"requested_by_customer\"}"
                    : "{\"amount\": " + (1 + random.nextInt(1200)) + "}";
            var unused = operator.post("/api/orders/" + order + "/refunds", body, step.key("refund"));
        });
    }

    void dispute(Step step, Visitor user) {
        Random random = step.random();
        String order = user.possessions().anyPaid(random).orElse("");
        if (order.isEmpty()) {
            return;
        }
        for (JsonNode payment :
                user.get("/api/payments?orderId=" + order).json().path("data")) {
            String intent = payment.path("paymentIntentId").asText("");
            user.trace().fact("payment " + payment.path("id").asText() + " " + intent);
        }
        JsonNode intents = stripe.read("/v1/payment_intents?limit=100").path("data");
        for (JsonNode intent : intents) {
            boolean fits = order.equals(intent.at("/metadata/order_id").asText())
                    && intent.path("status").asText().equals("succeeded");
            if (fits) {
                disputed(step, user, intent.path("latest_charge").asText());
                return;
            }
        }
    }

    private void disputed(Step step, Visitor user, String charge) {
        Answer dispute = stripe.dispute(charge);
        user.trace().fact("dispute of " + charge + " -> " + dispute.status() + " " + dispute.id());
        if (dispute.isSuccess()) {
            Random random = step.random();
            Pause.millis(random.nextInt(1_500));
            boolean won = random.nextBoolean();
            Answer closed = stripe.closeDispute(dispute.id(), won);
            user.trace().fact("closed, won " + won + " -> " + closed.status());
        }
    }
}
