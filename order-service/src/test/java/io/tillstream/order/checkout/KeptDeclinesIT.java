package io.tillstream.order.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.FakePaymentService;
import io.tillstream.order.RunningService;
import io.tillstream.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/**
 * A decline that its buyer must not learn the reason of, on every road from an order to them.
 *
 * @see <a href="https://docs.stripe.com/declines/codes">Stripe: decline codes, and which not to report to the customer</a>
 */
class KeptDeclinesIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static String text(WebTestClient.ResponseSpec response) {
        byte[] body = response.expectBody().returnResult().getResponseBody();
        return new String(body == null ? new byte[0] : body, StandardCharsets.UTF_8);
    }

    private String seen(String path) {
        return text(as("mallory").get().uri(path).exchange().expectStatus().isOk());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"fraudulent", "lost_card", "merchant_blacklist", "pickup_card", "restricted_card", "stolen_card"
            })
    void whoTriesTheCardNeverLearnsTheReason(String reason) {
        String card = FakePaymentService.DECLINES + reason;
        String key = UUID.randomUUID().toString();
        List<String> told = new ArrayList<>();

        String first = text(post("mallory", "/api/orders", key, orderPaidBy(card))
                .expectStatus()
                .isEqualTo(402));
        told.add(first);
        told.add(text(post("mallory", "/api/orders", key, orderPaidBy(card))
                .expectStatus()
                .isEqualTo(402)));
        JsonNode declined = JSON.readTree(first);
        assertThat(declined.at("/failure/code").asString()).isEqualTo("card_declined");
        assertThat(declined.at("/failure/declineCode").asString()).isEqualTo("generic_decline");
        assertThat(declined.at("/failure/message").asString()).isEqualTo("Your card was declined.");
        String order = declined.path("orderId").asString();
        told.add(text(post(
                        "mallory",
                        "/api/orders/" + order + "/payments",
                        "{\"method\":\"card\",\"paymentMethodId\":\"" + card + "\"}")
                .expectStatus()
                .isEqualTo(402)));
        stripeSends(JSON.readTree(
                """
                {"id":"evt_%1$s","object":"event","type":"payment_intent.payment_failed","created":1999999999,
                 "livemode":false,"api_version":"2026-07-29","data":{"object":{"id":"pi_%2$s",
                 "object":"payment_intent","status":"requires_payment_method","amount":2000,"amount_received":0,
                 "currency":"usd","last_payment_error":{"code":"card_declined","decline_code":"%3$s",
                 "message":"This card: %3$s"},"metadata":{"order_id":"%4$s","env":"test"}}}}""".formatted(UUID.randomUUID(), declined.at("/payment/id").asString(), reason, order)));
        await().atMost(SOON).untilAsserted(() -> assertThat(seen("/api/orders/" + order + "/timeline"))
                .contains("payment_intent.payment_failed"));
        told.add(seen("/api/orders/" + order + "/timeline"));
        told.add(seen("/api/orders/" + order));
        told.add(seen("/api/orders"));
        told.add(seen("/api/orders/" + order + "/settlement"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(published(order)).anyMatch(one -> one.contains("card_declined")));
        told.addAll(published(order));

        assertThat(told).noneMatch(one -> one.replace(card, "").contains(reason));
    }

    private static List<String> published(String order) {
        return TestKafka.records(PREFIX + "orders.events").stream()
                .filter(event -> order.equals(event.key()))
                .map(event -> new String(event.value(), StandardCharsets.UTF_8))
                .toList();
    }
}
