package io.tillstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;

/** What is kept and what is refused, with a real broker. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_SECRET_KEY=sk_test_1",
            "STRIPE_WEBHOOK_SECRET=" + Deliveries.SECRET,
            "STRIPE_WEBHOOK_SECRET_PREVIOUS=" + Deliveries.PREVIOUS,
            "tillstream.web.shutdown-delay=0s",
            // The broker is that of all modules' tests.
            "WEBHOOK_KEEP_WITHIN=30s",
            "KAFKA_SEND_BLOCK_MS=25000",
            "KAFKA_DELIVERY_TIMEOUT_MS=30000",
            "KAFKA_REQUEST_TIMEOUT_MS=25000"
        })
class WebhookIT {

    private static final String PREFIX = TestKafka.newPrefix();

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("KAFKA_PREFIX", () -> PREFIX);
        registry.add("KAFKA_BOOTSTRAP_SERVERS", TestKafka::bootstrapServers);
    }

    private Deliveries stripe() {
        return new Deliveries(port);
    }

    private static List<ConsumerRecord<String, byte[]>> kept() {
        return TestKafka.records(PREFIX + "stripe.events");
    }

    private void refused(WebTestClient.ResponseSpec answer, int status, String code) {
        answer.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo(code);
    }

    @Test
    void anEventIsKeptByteForByteAsACloudEvent() {
        String id = "evt_" + UUID.randomUUID();
        String body = Deliveries.event(id);
        stripe().send(body).expectStatus().isOk();
        ConsumerRecord<String, byte[]> kept = kept().stream()
                .filter(one -> header(one, "ce_id").equals(id))
                .findFirst()
                .orElseThrow();
        assertThat(kept.key()).isEqualTo("cus_1");
        assertThat(new String(kept.value(), StandardCharsets.UTF_8)).isEqualTo(body);
        assertThat(header(kept, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(kept, "ce_type")).isEqualTo("com.stripe.payment_intent.succeeded");
        assertThat(header(kept, "ce_source")).isEqualTo("https://api.stripe.com");
        assertThat(header(kept, "ce_subject")).isEqualTo("pi_1");
        assertThat(header(kept, "ce_time")).isEqualTo("2026-08-01T12:00:00Z");
        assertThat(header(kept, "content-type")).isEqualTo("application/json");
        assertThat(header(kept, "traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]");
        assertThat(kept.headers().headers("traceparent")).hasSize(1);
    }

    @Test
    void theTraceOfTheRequestGoesOnInTheRecord() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        String id = "evt_" + UUID.randomUUID();
        String body = Deliveries.event(id);
        stripe().web()
                .post()
                .uri("/webhooks/stripe")
                .contentType(MediaType.APPLICATION_JSON)
                .header("Stripe-Signature", Deliveries.header(body, Deliveries.SECRET, 0))
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .bodyValue(body.getBytes(StandardCharsets.UTF_8))
                .exchange()
                .expectStatus()
                .isOk();

        assertThat(kept().stream().filter(one -> header(one, "ce_id").equals(id)))
                .singleElement()
                .satisfies(record -> assertThat(header(record, "traceparent")).startsWith("00-" + trace + "-"));
    }

    @Test
    void thePreviousSecretStillCounts() {
        String body = Deliveries.event("evt_previous");
        stripe().send(body, Deliveries.header(body, Deliveries.PREVIOUS, 0))
                .expectStatus()
                .isOk();
    }

    /** The shop decides how its endpoint is registered with Stripe. */
    @Test
    void anAddressWithParametersCountsToo() {
        String body = Deliveries.event("evt_parameters");
        stripe().web()
                .post()
                .uri("/webhooks/stripe?shop=books")
                .contentType(MediaType.APPLICATION_JSON)
                .header("Stripe-Signature", Deliveries.header(body, Deliveries.SECRET, 0))
                .bodyValue(body.getBytes(StandardCharsets.UTF_8))
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void nothingThatIsRefusedIsKept() {
        String body = Deliveries.event("evt_refused");
        refused(stripe().send(body, Deliveries.header(body, "whsec_wrong", 0)), 400, "signature-wrong");
        refused(stripe().send(body, Deliveries.header(body, Deliveries.SECRET, -400)), 400, "signature-wrong-time");
        refused(stripe().send(body, Deliveries.header(body, Deliveries.SECRET, 400)), 400, "signature-wrong-time");
        refused(stripe().send(body, "t,v1"), 400, "signature-hostile");
        refused(stripe().send(body, "v1=a,".repeat(1_000)), 400, "signature-too-long");
        refused(stripe().web().post().uri("/webhooks/stripe").exchange(), 400, "signature-missing");
        refused(stripe().send("not json evt_refused"), 400, "malformed-request");
        refused(stripe().send("{\"id\":\"evt_refused\"}"), 400, "malformed-request");
        refused(stripe().send("[".repeat(100_000)), 400, "malformed-request");
        refused(
                stripe().send("{\"id\":\"evt_refused\",\"object\":\"v2.core.event\",\"livemode\":false,"
                        + "\"type\":\"v1.billing.meter.error_report_triggered\",\"created\":\"2026-11-28T10:00:00Z\"}"),
                400,
                "thin-event");
        String live = body.replace("\"livemode\":false", "\"livemode\":true");
        refused(stripe().send(live), 400, "wrong-mode");
        stripe().send(live.replace("\"object\":\"event\"", "\"account\":\"acct_1\""))
                .expectStatus()
                .isOk();
        stripe().web().get().uri("/webhooks/stripe").exchange().expectStatus().isEqualTo(405);
        assertThat(kept()).noneMatch(one -> new String(one.value(), StandardCharsets.UTF_8).contains("evt_refused"));
    }

    @Test
    void aBodyOverOneMebibyteIs413AlsoInChunks() {
        String large = Deliveries.event("evt_large").replace("é", "x".repeat(2 * 1024 * 1024));
        refused(stripe().send(large), 413, "body-too-large");
        refused(
                stripe().web()
                        .post()
                        .uri("/webhooks/stripe")
                        .header("Stripe-Signature", Deliveries.header(large, Deliveries.SECRET, 0))
                        .body(Flux.range(0, 200).map(i -> "x".repeat(10_000)), String.class)
                        .exchange(),
                413,
                "body-too-large");
        String full = Deliveries.event("evt_full").replace("é", "x".repeat(1_000_000));
        stripe().send(full).expectStatus().isOk();
        assertThat(kept()).noneMatch(one -> header(one, "ce_id").equals("evt_large"));
    }

    @Test
    void whatHappensIsCounted() {
        String body = stripe().web()
                .get()
                .uri("/actuator/prometheus")
                .exchange()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        assertThat(body)
                .contains("tillstream_webhook_events_total{application=\"webhook-ingest\",outcome=\"accepted\"}");
        assertThat(body).contains("tillstream_webhook_duration_seconds_bucket");
        for (String outcome : List.of("unavailable", "signature-wrong", "thin-event")) {
            assertThat(body)
                    .as("there before the first: an increase from nothing is none")
                    .contains("{application=\"webhook-ingest\",outcome=\"" + outcome + "\"}");
        }
    }

    private static String header(ConsumerRecord<String, byte[]> kept, String name) {
        var header = kept.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
