package io.tillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A service that takes too long is given up; who waits for a settlement is not. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_PUBLISHABLE_KEY=pk_test_1",
            "tillstream.web.shutdown-delay=0s",
            "spring.cloud.gateway.server.webflux.httpclient.response-timeout=2s"
        })
class SlowServiceIT {

    private static final Backend ORDER = new Backend("order");
    private static final TestTokens TOKENS = TestTokens.shared();
    private static final Duration WAIT = Duration.ofSeconds(60);

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("ORDER_SERVICE_URL", ORDER::url);
        registry.add("PAYMENT_SERVICE_URL", ORDER::url);
        registry.add("WEBHOOK_INGEST_URL", ORDER::url);
        registry.add("OIDC_ISSUER", TOKENS::issuer);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/admin/event-flow");
    }

    @BeforeEach
    void bothSidesAreWarm() {
        ORDER.reset();
        ask(HttpMethod.GET, "/api/products");
        ORDER.reset();
    }

    @AfterAll
    static void end() {
        ORDER.close();
    }

    private WebTestClient.ResponseSpec ask(HttpMethod method, String path) {
        WebTestClient.RequestBodySpec request = TestWebClient.to("http://127.0.0.1:" + port)
                .build()
                .method(method)
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.user("alice"));
        return method == HttpMethod.POST
                ? request.contentType(MediaType.APPLICATION_JSON)
                        .bodyValue("{}")
                        .exchange()
                : request.exchange();
    }

    /** What it was asked of orders; what warms it up may come late. */
    private static List<Backend.Seen> orders(String end) {
        return ORDER.seen.stream()
                .filter(seen -> seen.uri().matches("/api/orders" + end))
                .toList();
    }

    private void isGivenUp(HttpMethod method) {
        ask(method, "/api/orders")
                .expectStatus()
                .isEqualTo(504)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("timeout")
                .jsonPath("$.requestId")
                .isNotEmpty();
    }

    @Test
    void aSlowServiceIs504AndAPostIsNotRepeated() {
        ORDER.answer = (request, response) -> Mono.never();
        isGivenUp(HttpMethod.POST);
        isGivenUp(HttpMethod.GET);
        await().atMost(WAIT).until(() -> orders("").size() >= 2);
        assertThat(orders("")).extracting(Backend.Seen::method).containsExactlyInAnyOrder("POST", "GET");
    }

    /** Another request begins after it, and is given up while it waits. */
    @Test
    void settlementMayWaitLongerThanOtherRequests() {
        Sinks.Empty<Void> settled = Sinks.empty();
        ORDER.answer = (request, response) -> request.uri().contains("/settlement")
                ? settled.asMono().then(Mono.from(ORDER.named(request, response)))
                : Mono.never();
        var settlement = CompletableFuture.supplyAsync(() -> ask(HttpMethod.GET, "/api/orders/1/settlement?wait=20s"));
        await().atMost(WAIT).until(() -> orders("/1/settlement.*").size() == 1);
        isGivenUp(HttpMethod.GET);
        settled.tryEmitEmpty().orThrow();
        settlement.join().expectStatus().isOk();
    }
}
