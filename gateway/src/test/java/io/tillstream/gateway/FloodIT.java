package io.tillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import io.tillstream.testing.TestTokens;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who asks much for nothing is slowed down, whatever the path, and keeps nobody else waiting. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_PUBLISHABLE_KEY=pk_test_1",
            "tillstream.web.shutdown-delay=0s",
            "tillstream.gateway.rates.address-header=X-Test-Address",
            "tillstream.gateway.rates.address-burst=20",
            "tillstream.gateway.rates.address-per-second=1",
            "tillstream.web.body-timeout=5m",
            "tillstream.web.body-memory=8MB",
            "tillstream.web.body-memory-per-address=3MB",
            "tillstream.gateway.rates.user-burst=20",
            "tillstream.gateway.rates.user-per-second=1",
            "tillstream.gateway.rates.user-stripe-burst=5",
            "tillstream.gateway.rates.user-stripe-per-second=1"
        })
class FloodIT {

    private static final Backend ANY = new Backend("any");
    private static final TestTokens TOKENS = TestTokens.shared();
    private static final OperatingSystemMXBean MACHINE =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final Duration WAIT = Duration.ofSeconds(60);

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("ORDER_SERVICE_URL", ANY::url);
        registry.add("PAYMENT_SERVICE_URL", ANY::url);
        registry.add("WEBHOOK_INGEST_URL", ANY::url);
        registry.add("OIDC_ISSUER", TOKENS::issuer);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/admin/event-flow");
    }

    @BeforeAll
    static void refuseWebhooks() {
        ANY.answer = (request, response) -> response.status(request.uri().startsWith("/webhooks") ? 400 : 200)
                .send();
    }

    @AfterAll
    static void end() {
        ANY.close();
    }

    private Mono<Integer> status(HttpMethod method, String path, String address, String body) {
        WebClient.RequestBodySpec request = WebClient.create("http://127.0.0.1:" + port)
                .method(method)
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .header("X-Test-Address", address);
        return (body.isEmpty() ? request : request.bodyValue(body)).exchangeToMono(answer -> answer.releaseBody()
                .thenReturn(answer.statusCode().value()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /nothing",
                "POST /api/nothing",
                "POST /api/checkout/sessions",
                "GET /api/orders",
                "POST /webhooks/stripe",
                "GET /",
                "GET /docs/none",
                "GET /internal/none",
                "GET /actuator/none"
            })
    void refusedRequestsCountOnEveryPath(String line) {
        String[] parts = line.split(" ", 2);
        HttpMethod method = HttpMethod.valueOf(parts[0]);
        String body = method == HttpMethod.POST ? "{}" : "";
        long begun = System.nanoTime();
        List<Integer> statuses = Flux.range(0, 2_000)
                .flatMap(i -> status(method, parts[1], line.replace(' ', '_'), body), 4)
                .takeUntil(status -> status == 429)
                .collectList()
                .block(WAIT);
        int seconds = (int) Duration.ofNanos(System.nanoTime() - begun).toSeconds(); // each gives one more
        assertThat(statuses).contains(429).hasSizeLessThanOrEqualTo(40 + seconds);
        assertThat(status(method, parts[1], "another", body).block(WAIT)).isNotEqualTo(429);
    }

    /** Stripe, and whoever looks at the catalog, are not one user together. */
    @ParameterizedTest
    @ValueSource(strings = {"POST /webhooks/stripe", "GET /api/products", "GET /api/config"})
    void thoseWithoutATokenAreNoUser(String line) {
        String[] parts = line.split(" ", 2);
        List<Integer> statuses = Flux.range(0, 60)
                .concatMap(i -> status(HttpMethod.valueOf(parts[0]), parts[1], line.hashCode() + "-" + i, ""))
                .collectList()
                .block(WAIT);
        assertThat(statuses).doesNotContain(429);
    }

    /** Stripe allows an account so many calls: whoever makes orders or asks for news all the time has a small share of them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/orders",
                "GET /api/orders/1/settlement",
                "PUT /api/payment-methods/pm_1",
                "GET /api/checkout/sessions/cs_1",
                "HEAD /api/checkout/sessions/cs_1",
                "HEAD /api/invoices/in_1",
                "GET /api/payments"
            })
    void oneUserLeavesStripeToOthers(String line) {
        String[] parts = line.split(" ", 2);
        String address = line.replace(' ', '_');
        Mono<Integer> one = Mono.defer(() -> asUser("greedy " + line, parts[0], parts[1], address));
        List<Integer> first = Flux.range(0, 5).concatMap(i -> one).collectList().block(WAIT);
        List<Integer> crowd =
                Flux.range(0, 12).flatMap(i -> one, 12).collectList().block(WAIT);
        assertThat(first).hasSize(5).doesNotContain(429);
        assertThat(crowd).hasSize(12);
        if (line.equals("GET /api/payments")) {
            assertThat(crowd).doesNotContain(429); // is answered here
        } else {
            assertThat(crowd).contains(429);
            assertThat(asUser("greedy " + line, "GET", "/api/orders", address).block(WAIT))
                    .isEqualTo(200);
        }
        assertThat(asUser("another " + line, parts[0], parts[1], address).block(WAIT))
                .isNotEqualTo(429);
    }

    private Mono<Integer> asUser(String user, String method, String path, String address) {
        return WebClient.create("http://127.0.0.1:" + port)
                .method(HttpMethod.valueOf(method))
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.user(user))
                .header("Idempotency-Key", java.util.UUID.randomUUID().toString())
                .header("X-Test-Address", address)
                .exchangeToMono(answer ->
                        answer.releaseBody().thenReturn(answer.statusCode().value()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 ", "4242 4242 4242 4241 ", "a-", "eyJ-", "a@a.", "1-", "١ "})
    void oneBodyKeepsNobodyWaiting(String part) {
        String text = "{\"x\":\"" + part.repeat(60_000 / part.length() / 2) + "a\"}";
        String address = "slow" + part.hashCode();
        assertThat(posted(address, text).block(WAIT)).isBetween(400, 499);
        long start = MACHINE.getProcessCpuTime(); // what others do on the machine does not count
        Flux.range(0, 10)
                .flatMap(i -> posted(address, text), 4)
                .blockLast(WAIT); // as many as one address may have read at once
        assertThat(MACHINE.getProcessCpuTime() - start)
                .isLessThan(Duration.ofSeconds(5).toNanos());
    }

    /** Whoever has no account could do it as often as they find addresses. */
    @ParameterizedTest
    @ValueSource(strings = {"1 ", "4242 4242 4242 4241 ", "a-", "eyJ-", "a@a.", "1-", "١ "})
    void oneBodyWithoutATokenKeepsNobodyWaiting(String part) {
        String text = "{\"x\":\"" + part.repeat(60_000 / part.length() / 2) + "a\"}";
        String address = "tokenless" + part.hashCode();
        assertThat(status(HttpMethod.POST, "/nothing", address, text).block(WAIT))
                .isBetween(400, 499)
                .isNotEqualTo(429);
        long start = MACHINE.getProcessCpuTime(); // what others do on the machine does not count
        Flux.range(0, 10)
                .flatMap(i -> status(HttpMethod.POST, "/nothing", address, text), 4)
                .blockLast(WAIT); // as many as one address may have read at once
        assertThat(MACHINE.getProcessCpuTime() - start)
                .isLessThan(Duration.ofSeconds(5).toNanos());
    }

    private Mono<Integer> posted(String address, String text) {
        return WebClient.create("http://127.0.0.1:" + port)
                .post()
                .uri("/api/nothing")
                .contentType(MediaType.APPLICATION_JSON)
                .header("Authorization", "Bearer " + TOKENS.user(address))
                .header("X-Test-Address", address)
                .bodyValue(text)
                .exchangeToMono(answer ->
                        answer.releaseBody().thenReturn(answer.statusCode().value()));
    }

    /**
     * Bodies that do not end cost their senders nothing, and would be the end of the gateway's memory. Deliveries need no
     * token, so they have a half of it to themselves: what buyers send is read while somebody hoards all of that.
     */
    @Test
    void deliveriesThatDoNotEndLeaveMemoryForBuyers() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (String address : List.of("hoard", "hoard-2")) { // a quarter of the half each
                assertThat(hoarded(address, sockets)).isEqualTo(new Hoard(16, 429));
            }
            List<Hoard> others = new ArrayList<>(); // share what is left
            do {
                others.add(hoarded("hoard-" + (3 + others.size()), sockets));
            } while (others.size() < 50 && others.get(others.size() - 1).refusal() == 429);
            assertThat(others).extracting(Hoard::refusal).endsWith(503);
            assertThat(others.subList(0, others.size() - 1))
                    .allSatisfy(hoard -> assertThat(hoard.bodies()).isBetween(1, 10));
            assertThat(status(HttpMethod.GET, "/api/config", "buyer", "").block(WAIT))
                    .isEqualTo(200);
            assertThat(posted("buyer", "{\"x\":\"" + "a ".repeat(25_000) + "\"}")
                            .block(WAIT))
                    .isEqualTo(404);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        await().atMost(WAIT)
                .until(() -> status(HttpMethod.POST, "/webhooks/stripe", "hoard", "{}")
                                .block(WAIT)
                        == 400);
    }

    /** So many bodies of 64 KB were begun until one was refused. */
    private record Hoard(int bodies, int refusal) {}

    private Hoard hoarded(String address, List<Socket> sockets) throws IOException {
        int begun = 0;
        String answer = startOfDelivery(address, sockets);
        while (answer.startsWith("HTTP/1.1 100")) {
            begun++;
            answer = startOfDelivery(address, sockets);
        }
        return new Hoard(begun, Integer.parseInt(answer.split(" ", 3)[1]));
    }

    /** Says how long it is, and sends nothing of it; the answer to that tells whether it would be read. */
    private String startOfDelivery(String address, List<Socket> sockets) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        sockets.add(socket);
        socket.setSoTimeout((int) WAIT.toMillis());
        socket.getOutputStream()
                .write(("POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nX-Test-Address: " + address
                                + "\r\nExpect: 100-continue\r\nContent-Length: " + (1 << 20) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
    }
}
