package io.tillstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.KafkaProcess;
import io.tillstream.testing.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Kafka is away when the service starts, comes up, goes away, comes back. */
class KafkaAwayIT {

    static {
        System.setProperty("reactor.netty.ioWorkerCount", "1"); // one event loop: if it waits, nobody is served
    }

    private static final KafkaProcess KAFKA = KafkaProcess.away();
    private static final int AT_ONCE = 40;
    private static final Duration SEND_BLOCK = Duration.ofSeconds(3);

    private final HttpClient http = HttpClient.newHttpClient();

    @AfterAll
    static void end() {
        KAFKA.close();
    }

    @Test
    void withoutKafkaItAnswers503AndServesOthersAndRecoversByItself() {
        try (ConfigurableApplicationContext service = start()) {
            int port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            Deliveries stripe = new Deliveries(port);
            stripe.web().get().uri("/readyz").exchange().expectStatus().isOk();
            stripe.send("no event").expectStatus().isBadRequest(); // all that a first request loads is there

            assertThat(deliverWhileOthersAreServed(stripe, port))
                    .map(CompletableFuture::join)
                    .allSatisfy(answer -> {
                        assertThat(answer.statusCode()).isEqualTo(503);
                        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                        assertThat(answer.body()).contains("\"code\":\"unavailable\"");
                    });

            KAFKA.restart();
            recovers(stripe, "evt_first");
            KAFKA.stop();
            unavailable(stripe, "evt_between");
            KAFKA.restart();
            recovers(stripe, "evt_second");
        }
        assertThat(TestKafka.records(KAFKA.bootstrapServers(), "stripe.events"))
                .extracting(one -> new String(
                        one.headers().lastHeader("ce_id").value(), java.nio.charset.StandardCharsets.US_ASCII))
                .contains("evt_first", "evt_second");
    }

    /** Once more where a busy machine took longer to serve the other than they wait for Kafka. */
    private List<CompletableFuture<HttpResponse<String>>> deliverWhileOthersAreServed(Deliveries stripe, int port) {
        for (int times = 1; true; times++) {
            long begun = System.nanoTime();
            List<CompletableFuture<HttpResponse<String>>> waiting = IntStream.range(0, AT_ONCE)
                    .mapToObj(i -> deliver(port, "evt_" + i))
                    .toList();
            stripe.web().get().uri("/livez").exchange().expectStatus().isOk();
            boolean allWait = waiting.stream().noneMatch(CompletableFuture::isDone);
            if (allWait || times == 10 || System.nanoTime() - begun < SEND_BLOCK.toNanos()) {
                assertThat(allWait)
                        .as("still waiting for Kafka while others are served")
                        .isTrue();
                return waiting;
            }
        }
    }

    private static ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(WebhookIngestApplication.class)
                .run(
                        "--server.port=0",
                        "--KAFKA_BOOTSTRAP_SERVERS=" + KAFKA.bootstrapServers(),
                        "--WEBHOOK_KEEP_WITHIN=" + SEND_BLOCK.plusMillis(500).toMillis() + "ms",
                        "--KAFKA_SEND_BLOCK_MS=" + SEND_BLOCK.toMillis(),
                        "--KAFKA_DELIVERY_TIMEOUT_MS=15000",
                        "--KAFKA_REQUEST_TIMEOUT_MS=10000",
                        "--STRIPE_SECRET_KEY=sk_test_1",
                        "--STRIPE_WEBHOOK_SECRET=" + Deliveries.SECRET,
                        "--tillstream.web.shutdown-delay=0s");
    }

    private static void unavailable(Deliveries stripe, String id) {
        stripe.send(Deliveries.event(id))
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .exists("Retry-After")
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("unavailable");
    }

    private static void recovers(Deliveries stripe, String id) {
        await().atMost(Duration.ofMinutes(4)).until(() -> stripe.send(Deliveries.event(id))
                .returnResult(byte[].class)
                .getStatus()
                .is2xxSuccessful());
    }

    private CompletableFuture<HttpResponse<String>> deliver(int port, String id) {
        String body = Deliveries.event(id);
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/webhooks/stripe"))
                        .header("Stripe-Signature", Deliveries.header(body, Deliveries.SECRET, 0))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
