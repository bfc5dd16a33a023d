package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.RunningService;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A refund that an operator was told is under way, and that Stripe did not make: its order says so. */
class RefusedRefundHandlerIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);

    private void fails(UUID event, String order, String refund) {
        paymentServiceTells(event, "payment.refund_failed", order, """
                {"reference":"%s","userId":"alice","paymentId":"%s","refundId":"%s",
                 "amount":{"amount":500,"currency":"usd"},"reason":"charge_disputed"}""".formatted(order, UUID.randomUUID(), refund));
    }

    private void isApplied(UUID event) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(query("select event_id from inbox where event_id = '" + event + "'"))
                        .hasSize(1));
    }

    private String paid() {
        return json(post("alice", "/api/orders", orderPaidBy("pm_card_visa")))
                .path("id")
                .asString();
    }

    private JsonNode timeline(String order) {
        return json(as("alice").get().uri("/api/orders/" + order + "/timeline").exchange());
    }

    private long told(String order) {
        return query("select type from outbox where aggregate_id = '" + order + "'").stream()
                .filter(type -> type.equals("io.tillstream.order.refund_failed.v1"))
                .count();
    }

    @Test
    void theOrderSaysOnceThatItsRefundFailed() {
        String order = paid();
        String refund = UUID.randomUUID().toString();
        UUID event = UUID.randomUUID();
        fails(event, order, refund);
        fails(event, order, refund);
        UUID after = UUID.randomUUID();
        fails(after, UUID.randomUUID().toString(), refund);
        isApplied(event);
        isApplied(after);

        assertThat(timeline(order).toString()).contains(refund, "\"failed\"", "charge_disputed");
        assertThat(told(order)).isEqualTo(1);
        assertThat(order("alice", order).path("status").asString()).isEqualTo("paid");
    }

    /** Its own event tells it: twice would be two. */
    @Test
    void aRefundThatStripeMadeIsLeftToItsEvent() {
        String order = paid();
        UUID event = UUID.randomUUID();
        fails(event, order, "re_3SbCdEfGhIjKlMnO");
        isApplied(event);
        assertThat(told(order)).isZero();
    }
}
