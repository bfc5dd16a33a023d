package io.tillstream.payment.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.Payment;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** However often one buyer tried, or left a page: nobody else waits for what is looked at because of it. */
class BoundedReadsIT extends Attempted {

    private static final Duration SOON = Duration.ofSeconds(120);

    @LocalServerPort
    private int port;

    private final List<ObjectNode> intents = new ArrayList<>();

    private void tried(int times) {
        for (int i = 0; i < times; i++) {
            ObjectNode intent = intent(attempt());
            deliver(STRIPE.objects.tell("payment_intent.created", intent));
            intents.add(intent);
        }
    }

    private JsonNode get(String path) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(WAIT)
                .build()
                .get()
                .uri(path)
                .header("Authorization", "Bearer " + TestTokens.shared().service("order-service"))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
    }

    private long reads() {
        return intents.stream()
                .mapToLong(intent -> STRIPE.count("GET", "/v1/payment_intents/" + StripeObjects.id(intent)))
                .sum();
    }

    @Test
    void oneIntentIsOneReadHoweverManyWereTried() {
        tried(30);
        String one = StripeObjects.id(intents.get(7));
        JsonNode seen = get("/internal/payables/" + reference + "/intents/" + one);
        assertThat(seen.at("/intent/id").asString()).isEqualTo(one);
        assertThat(reads()).isEqualTo(1);
    }

    @Test
    void aWholePayableIsABoundedNumberOfReads() {
        tried(30);
        get("/internal/payables/" + reference + "?refresh=true");
        assertThat(reads()).isBetween(1L, 10L);
    }

    @Test
    void aPaymentWhoseOutcomeIsUnknownIsAskedForBeforeHundredsOfPagesThatWereLeft() {
        tried(60);
        Payment unknown = attempt();
        ObjectNode made = intent(unknown);
        made.put("customer", "cus_" + reference);
        database.sql("update payments set status = 'unknown', version = 1, stripe_customer_id = :customer where id"
                        + " = :id")
                .bind("customer", "cus_" + reference)
                .bind("id", unknown.id())
                .fetch()
                .rowsUpdated()
                .block(WAIT);
        int before = STRIPE.requests.size();
        database.sql("""
            update payments set next_ask_at = now() - case when status = 'unknown'
                then interval '0' else interval '1 day' end
            where reference = :reference
            """).bind("reference", reference).fetch().rowsUpdated().block(WAIT);
        await().atMost(SOON).until(() -> reads() >= 20);
        List<String> asked = STRIPE.requests.subList(before, STRIPE.requests.size()).stream()
                .filter(request -> request.path().startsWith("/v1/payment_intents"))
                .map(request ->
                        request.path() + Map.of("customer", request.form().getOrDefault("customer", "")))
                .toList();
        assertThat(asked.subList(0, 12)).contains("/v1/payment_intents{customer=cus_" + reference + "}");
    }
}
