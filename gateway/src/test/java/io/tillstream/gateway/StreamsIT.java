package io.tillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestTokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who waits takes nothing from those who buy. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_PUBLISHABLE_KEY=pk_test_1",
            "tillstream.web.shutdown-delay=0s",
            "tillstream.gateway.rates.address-header=X-Test-Address",
            "tillstream.gateway.streams.per-user=3",
            "tillstream.gateway.streams.per-address=5",
            "tillstream.gateway.streams.longest=10m",
            "spring.cloud.gateway.server.webflux.httpclient.pool.max-connections=6",
            "spring.cloud.gateway.server.webflux.httpclient.pool.acquire-timeout=30000"
        })
class StreamsIT {

    private static final Backend ORDER = new Backend("order");
    private static final Backend PAYMENT = new Backend("payment");
    private static final Backend SUBSCRIPTION = new Backend("subscription");
    private static final TestTokens TOKENS = TestTokens.shared();
    private static final Duration WAIT = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Disposable> clients = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger();

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("ORDER_SERVICE_URL", ORDER::url);
        registry.add("PAYMENT_SERVICE_URL", PAYMENT::url);
        registry.add("WEBHOOK_INGEST_URL", PAYMENT::url);
        registry.add("SUBSCRIPTION_SERVICE_URL", SUBSCRIPTION::url);
        registry.add("OIDC_ISSUER", TOKENS::issuer);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/admin/event-flow");
    }

    @BeforeEach
    void stream() {
        streams(ORDER);
        streams(SUBSCRIPTION);
    }

    private void streams(Backend service) {
        service.reset();
        service.answer = (request, response) -> {
            if (!request.uri().toLowerCase(Locale.ROOT).contains("/settlement")) {
                return service.named(request, response);
            }
            open.incrementAndGet();
            response.withConnection(connection -> connection.onDispose(open::decrementAndGet));
            return response.sse().sendString(Flux.concat(Flux.just("data: settling\n\n"), Flux.<String>never()));
        };
    }

    @AfterEach
    void close() {
        clients.forEach(Disposable::dispose);
        await().atMost(WAIT).until(() -> open.get() == 0);
    }

    @AfterAll
    static void end() {
        ORDER.close();
        PAYMENT.close();
        SUBSCRIPTION.close();
    }

    private WebClient.RequestHeadersSpec<?> get(String path, String user, String address) {
        return WebClient.create("http://127.0.0.1:" + port)
                .get()
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.user(user))
                .header("X-Test-Address", address);
    }

    private void open(String user, String address) {
        open("orders", user, address);
    }

    private void open(String things, String user, String address) {
        clients.add(get("/api/" + things + "/1/settlement", user, address)
                .accept(MediaType.TEXT_EVENT_STREAM)
                .retrieve()
                .bodyToFlux(String.class)
                .subscribe(state -> {}, fault -> {}));
    }

    private int status(String path, String user, String address) {
        Integer status = get(path, user, address)
                .exchangeToMono(answer ->
                        answer.releaseBody().thenReturn(answer.statusCode().value()))
                .block(WAIT);
        return status == null ? 0 : status;
    }

    /** One who waits for a subscription takes as much as one who waits for an order. */
    @Test
    void streamsOfSubscriptionsAreCountedWithThoseOfOrders() {
        open("orders", "dave", "three");
        open("subscriptions", "dave", "three");
        open("subscriptions", "dave", "three");
        await().atMost(WAIT).until(() -> open.get() == 3);
        assertThat(SUBSCRIPTION.seen).hasSize(2);
        for (String things : List.of("orders", "subscriptions")) {
            assertThat(status("/api/" + things + "/2/settlement", "dave", "other"))
                    .isEqualTo(429);
        }
        open("subscriptions", "erin", "three");
        open("subscriptions", "erin", "three");
        await().atMost(WAIT).until(() -> open.get() == 5);
        assertThat(status("/api/subscriptions/2/settlement", "frank", "three")).isEqualTo(429);
        clients.get(1).dispose();
        await().atMost(WAIT).until(() -> open.get() == 4);
        open("subscriptions", "dave", "other");
        await().atMost(WAIT).until(() -> open.get() == 5);
    }

    @Test
    void oneUserOrAddressHasAFewAndTheNextIsToldToWait() {
        for (int i = 0; i < 3; i++) {
            open("alice", "one");
        }
        await().atMost(WAIT).until(() -> open.get() == 3);
        assertThat(status("/api/orders/2/settlement", "alice", "other")).isEqualTo(429);
        open("bob", "one");
        open("bob", "one");
        await().atMost(WAIT).until(() -> open.get() == 5);
        assertThat(status("/api/orders/2/settlement", "carol", "one")).isEqualTo(429);
        clients.get(0).dispose();
        await().atMost(WAIT).until(() -> open.get() == 4);
        open("alice", "other");
        await().atMost(WAIT).until(() -> open.get() == 5);
    }

    /** It is counted by the end of its path; to a service, what stands behind a semicolon is none of the path. */
    @ParameterizedTest
    @ValueSource(strings = {"/settlement;x", "/settlement;x=1", "/settlement;", "/settlement%3Bx"})
    void aParameterBehindItsPathIsNoWayPastTheLimit(String end) {
        for (int i = 0; i < 3; i++) {
            open("alice", "one");
        }
        await().atMost(WAIT).until(() -> open.get() == 3);
        ORDER.seen.clear();

        Integer status = WebClient.create()
                .get()
                .uri(URI.create("http://127.0.0.1:" + port + "/api/orders/1" + end))
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("X-Test-Address", "other")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchangeToMono(answer ->
                        answer.releaseBody().thenReturn(answer.statusCode().value()))
                .block(WAIT);

        assertThat(status).isEqualTo(400);
        assertThat(ORDER.seen).isEmpty();
        assertThat(open).hasValue(3);
    }

    /** Behind this gateway is a service that serves a stream under each of them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/orders/1/settlement/",
                "/api/orders/1/settlement//",
                "/api/orders/1/Settlement",
                "/api/orders/1/SETTLEMENT",
                "/api/orders/1/SettlemenT/",
                "/api/orders/1//settlement",
                "/api/orders//1/settlement",
                "//api/orders/1/settlement",
                "/api//orders/1/settlement",
                "/api/orders/1/settlement?",
                "/api/orders/1/settlement?a=/b",
                "/api/orders/1/settlement/.",
                "/api/orders/1/./settlement",
                "/api/orders/2/../1/settlement",
                "/api/orders/1/%73ettlement",
                "/api/orders/1/%53ettlement",
                "/api/orders/1/settlemen%74",
                "/api/orders/1%2Fsettlement",
                "/api/orders/1/settlement%2F",
                "/api/orders/1/settlement%2f",
                "/api/orders/1/settlement%5C",
                "/api/orders/1/settlement;x",
                "/api/orders/1;x/settlement",
                "/api/orders;x/1/settlement",
                "/api/orders/1/settlement;x/",
                "/api/orders/1/settlement%3Bx",
                "/api/orders/1/settlement%00",
                "/api/orders/1/settlement%0A",
                "/api/orders/1/settlement%2E",
                "/api/orders/1/%2E/settlement",
                "/api/orders/1/x/settlement",
                "/API/ORDERS/1/SETTLEMENT"
            })
    void noSpellingOfAStreamsPathIsAWayPastTheLimit(String path) throws IOException, InterruptedException {
        for (int i = 0; i < 3; i++) {
            open("alice", "one");
        }
        await().atMost(WAIT).until(() -> open.get() == 3);

        assertThat(statusAsWritten(path)).isBetween(400, 499);
        assertThat(open).hasValue(3);
    }

    /** What the gateway does not count is none of a stream's paths to Spring, by which the services map requests. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/orders/1/settlement.",
                "/api/orders/1/settlement.json",
                "/api/orders/1/settlement%20",
                "/api/orders/1/settlement%C2%A0",
                "/api/orders/1/settlement/x",
                "/api/orders/1/settlement~",
                "/api/orders/1/sеttlement",
                "/api/orders/1/settlement%E2%80%8B",
                "/api/orders/1/settlement:",
                "/api/orders/1/settlement,x",
                "/api/orders/1/settlement%25"
            })
    void whatIsNotCountedIsNoStreamToAnyService(String path) {
        PathPattern stream = new PathPatternParser().parse("/api/orders/{id}/settlement");

        assertThat(stream.matches(PathContainer.parsePath("/api/orders/1/settlement")))
                .isTrue();
        assertThat(stream.matches(PathContainer.parsePath(path))).isFalse();
    }

    /** Told before a stream that opens is over. */
    private int statusAsWritten(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("X-Test-Address", "other")
                .header("Accept", "text/event-stream")
                .timeout(WAIT)
                .build();
        HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        answer.body().close();
        return answer.statusCode();
    }

    @ParameterizedTest
    @CsvSource({"orders, /api/products", "subscriptions, /api/plans"})
    void asManyAsThereAreKeepNobodyFromBuying(String things, String catalog) {
        for (int i = 0; i < 6; i++) {
            open(things, "user" + i, "address" + i);
        }
        await().atMost(WAIT).until(() -> open.get() == 6);
        List<Integer> statuses = Flux.range(0, 20)
                .flatMap(i -> get(catalog, "buyer", "buyer").exchangeToMono(answer -> answer.releaseBody()
                        .thenReturn(answer.statusCode().value())))
                .collectList()
                .block(WAIT);
        assertThat(statuses).hasSize(20).containsOnly(200);
    }

    @Test
    void aSlowServiceTakesNothingFromAnother() {
        PAYMENT.answer = (request, response) -> Mono.never();
        for (int i = 0; i < 10; i++) {
            clients.add(get("/api/payments", "slow" + i, "slow")
                    .retrieve()
                    .toBodilessEntity()
                    .subscribe(answer -> {}, fault -> {}));
        }
        await().atMost(WAIT).until(() -> PAYMENT.seen.size() >= 6);
        assertThat(status("/api/products", "buyer", "buyer")).isEqualTo(200);
        PAYMENT.reset();
    }
}
