package io.tillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.Stripe;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import io.tillstream.web.money.Currencies;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The gateway before three small services that tell what they were asked. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_PUBLISHABLE_KEY=pk_test_1",
            "STRIPE_JS_URL=https://js.stripe.com/v3/",
            "tillstream.web.shutdown-delay=0s",
            "tillstream.gateway.rates.user-burst=80",
            "tillstream.gateway.rates.user-per-second=5"
        })
class GatewayIT {

    private static final Backend ORDER = new Backend("order");
    private static final Backend PAYMENT = new Backend("payment");
    private static final Backend INGEST = new Backend("ingest");
    private static final TestTokens TOKENS = TestTokens.shared();
    private static final Duration WAIT = Duration.ofSeconds(60);

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("ORDER_SERVICE_URL", ORDER::url);
        registry.add("PAYMENT_SERVICE_URL", PAYMENT::url);
        registry.add("WEBHOOK_INGEST_URL", INGEST::url);
        registry.add("OIDC_ISSUER", TOKENS::issuer);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/admin/event-flow");
    }

    @AfterAll
    static void end() {
        List.of(ORDER, PAYMENT, INGEST).forEach(Backend::close);
    }

    @BeforeEach
    void reset() {
        List.of(ORDER, PAYMENT, INGEST).forEach(Backend::reset);
    }

    private String url() {
        return "http://127.0.0.1:" + port;
    }

    private WebTestClient web() {
        return TestWebClient.to(url()).build();
    }

    private WebTestClient.ResponseSpec get(String path) {
        return web().get()
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .exchange();
    }

    private WebTestClient.ResponseSpec post(String path, String body) {
        return web().post()
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    private static void problem(WebTestClient.ResponseSpec answer, int status, String code) {
        answer.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo(code)
                .jsonPath("$.requestId")
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/orders,order",
        "/api/orders/1/timeline,order",
        "/api/orders/1/settlement?wait=1s,order",
        "/api/products/1,order",
        "/api/payments,payment",
        "/api/customers/me,payment",
        "/api/payment-methods,payment",
        "/api/checkout/sessions/cs_1,payment",
    })
    void eachPathHasItsService(String path, String service) {
        get(path).expectStatus().isOk().expectBody().jsonPath("$.service").isEqualTo(service);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/internal/payments", "/internal", "/api/plans", "/api/subscriptions", "/api/nothing"})
    void whatIsNotRoutedIs404(String path) {
        problem(get(path), 404, "not-found");
        assertThat(ORDER.seen).isEmpty();
        assertThat(PAYMENT.seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/cart", "/orders/5c0a3f1e", "/callback?code=1&state=2", "/?utm_source=mail"})
    void itShowsTheShopAndItsPagesMayStyleAndRunNothingOfTheirOwn(String page) {
        web().get()
                .uri(page)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_HTML)
                .expectHeader()
                .value("Content-Security-Policy", policy -> assertThat(policy)
                        .contains("script-src 'self' https://js.stripe.com ", "style-src 'self';")
                        .doesNotContain("unsafe"))
                .expectBody(String.class)
                .value(html -> assertThat(html)
                        .contains("/shop/js/app.js")
                        .doesNotContain("style=")
                        .doesNotContain("<style")
                        .doesNotContainPattern("<script(?! type=\"module\" src)")
                        .doesNotContainPattern(" on[a-z]+="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/orders/5c0a3f1e/more", "/internal/payments", "/shop/js/nothing.js"})
    void whoMistypesAnAddressInABrowserSeesTheShopAndAProgramReadsJson(String address) {
        web().get()
                .uri(address)
                .header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_HTML)
                .expectHeader()
                .value("Content-Security-Policy", policy -> assertThat(policy).contains("style-src 'self';"))
                .expectBody(String.class)
                .value(html -> assertThat(html).contains("/shop/js/app.js"));
        problem(web().get().uri(address).header("Accept", "*/*").exchange(), 404, "not-found");
        problem(web().get().uri("/api" + address).header("Accept", "text/html").exchange(), 401, "unauthorized");
    }

    @Test
    void aBrowserKeepsTheShopsFilesAndAsksWhetherTheyChanged() {
        String changed = web().get()
                .uri("/shop/js/app.js")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith("text/javascript")
                .expectHeader()
                .valueEquals("Cache-Control", "no-cache")
                .expectBody(String.class)
                .returnResult()
                .getResponseHeaders()
                .getFirst("Last-Modified");
        web().get()
                .uri("/shop/js/app.js")
                .header("If-Modified-Since", changed)
                .exchange()
                .expectStatus()
                .isNotModified();
        problem(web().get().uri("/shop/js/nothing.js").exchange(), 404, "not-found");
    }

    @Test
    void aWayOutOfAPathIsRefused() {
        for (String path :
                List.of("/api/orders/../../internal/payments", "/api/products/..;/internal/x", "//internal/x")) {
            web().get()
                    .uri(java.net.URI.create(url() + path))
                    .header("Authorization", "Bearer " + TOKENS.service("order-service"))
                    .exchange()
                    .expectStatus()
                    .value(status -> assertThat(status).isIn(400, 403, 404));
        }
        assertThat(ORDER.seen).isEmpty();
        problem(
                web().get()
                        .uri("/internal/payments")
                        .header("Authorization", "Bearer " + TOKENS.service("order-service"))
                        .exchange(),
                404,
                "not-found");
    }

    @Test
    void theTokenIsCheckedBeforeAnyService() {
        problem(web().get().uri("/api/orders").exchange(), 401, "unauthorized");
        problem(
                web().get()
                        .uri("/api/orders")
                        .header("Authorization", "Bearer " + TOKENS.forged("alice"))
                        .exchange(),
                401,
                "unauthorized");
        problem(get("/api/admin/orders"), 403, "forbidden");
        problem(post("/api/orders/1/refunds", "{}"), 403, "forbidden");
        web().get().uri("/api/products").exchange().expectStatus().isOk();
        assertThat(ORDER.seen).hasSize(1);
    }

    @Test
    void theTokenAndTheRequestIdGoOnAndIdentityHeadersDoNot() {
        String token = TOKENS.user("alice");
        web().get()
                .uri("/api/orders?limit=5")
                .header("Authorization", "Bearer " + token)
                .header("X-Request-Id", "a-request-1")
                .header("X-User-Id", "bob")
                .header("X-Forwarded-For", "1.2.3.4")
                .header("Forwarded", "for=1.2.3.4")
                .header("X-Caller", "bob")
                .header("Cookie", "a=b")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("X-Request-Id", "a-request-1");
        Backend.Seen seen = ORDER.seen.get(0);
        assertThat(seen.uri()).isEqualTo("/api/orders?limit=5");
        assertThat(seen.header("Authorization")).isEqualTo("Bearer " + token);
        assertThat(seen.header("X-Request-Id")).isEqualTo("a-request-1");
        assertThat(seen.headers().keySet())
                .doesNotContain("x-user-id", "x-forwarded-for", "forwarded", "x-caller", "cookie", "x-forwarded-host");
    }

    /** A service would act, and its answer be refused when it is written. */
    @ParameterizedTest
    @ValueSource(strings = {"text/html", "nonsense", "*/*;q=abc"})
    void noServiceIsAskedToActWhoseAnswerIsNotTaken(String accept) throws Exception {
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/api/orders"))
                    .header("Authorization", "Bearer " + TOKENS.user("alice"))
                    .header("Content-Type", "application/json")
                    .header("Accept", accept)
                    .method(method, HttpRequest.BodyPublishers.ofString("{}"))
                    .build();
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(method).isEqualTo(406);
            assertThat(answer.body()).contains("\"code\":\"not-acceptable\"", "\"requestId\":\"");
        }
        assertThat(ORDER.seen).isEmpty();
    }

    /** To a page of another origin it would look as if nobody had answered, and it would ask again. */
    @Test
    void aPageOfAnAllowedOriginReadsWhyNothingWasDone() {
        WebTestClient.ResponseSpec refused = web().post()
                .uri("/api/orders")
                .header("Origin", "http://localhost:3000")
                .header("Accept", "text/html")
                .exchange();

        refused.expectHeader().valueEquals("Access-Control-Allow-Origin", "http://localhost:3000");
        problem(refused, 406, "not-acceptable");
    }

    @Test
    void moreAcceptedTypesThanAreSortedAre406Everywhere() {
        String many = "*/*" + ", text/x-1".repeat(60);
        for (String path :
                List.of("/", "/api/config", "/api/orders", "/docs/openapi.json", "/nothing", "/webhooks/x")) {
            problem(web().get().uri(path).header("Accept", many).exchange(), 406, "not-acceptable");
        }
    }

    /** It would be open before the service was asked, and outside of all limits. */
    @ParameterizedTest
    @ValueSource(strings = {"websocket", "WebSocket", "h2c"})
    void noTunnelIsOpened(String protocol) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout((int) WAIT.toMillis());
            socket.getOutputStream()
                    .write("""
                    GET /api/products HTTP/1.1
                    Host: x
                    Connection: close, Upgrade
                    Upgrade: %s
                    Sec-WebSocket-Version: 13
                    Sec-WebSocket-Protocol: chat
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                    """.formatted(protocol).replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("{\"service\":\"order\"}");
        }
        assertThat(ORDER.seen).singleElement().satisfies(seen -> assertThat(seen.headers())
                .doesNotContainKeys("upgrade", "sec-websocket-version", "sec-websocket-key", "sec-websocket-protocol"));
    }

    @ParameterizedTest
    @CsvSource({"payment,order", "setup,payment"})
    void aSessionsModeChoosesTheServiceAndTheBodyGoesOnUnchanged(String mode, String service) {
        String body = "{ \"mode\" :\"" + mode + "\",\"orderId\":\"é\",  \"successUrl\":\"x\"}";
        post("/api/checkout/sessions", body)
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.service")
                .isEqualTo(service);
        Backend backend = service.equals("order") ? ORDER : PAYMENT;
        assertThat(backend.seen.get(0).body()).isEqualTo(body);
    }

    @Test
    void anyOtherModeIs422() {
        problem(post("/api/checkout/sessions", "{\"mode\":\"gift\"}"), 422, "validation-failed");
        problem(post("/api/checkout/sessions", "{\"mode\":7}"), 422, "validation-failed");
        problem(post("/api/checkout/sessions", "{}"), 422, "validation-failed");
        problem(post("/api/checkout/sessions", "{\"mode\":\"subscription\"}"), 422, "validation-failed");
        problem(post("/api/checkout/sessions", "{"), 400, "malformed-request");
        problem(post("/api/checkout/sessions", "[]"), 400, "malformed-request");
        problem(
                web().method(HttpMethod.POST)
                        .uri("/api/checkout/sessions")
                        .header("Authorization", "Bearer " + TOKENS.user("alice"))
                        .contentType(MediaType.TEXT_PLAIN)
                        .bodyValue("mode")
                        .exchange(),
                415,
                "unsupported-media-type");
    }

    @Test
    void aWebhookGoesOnByteForByteWithItsSignature() {
        String body =
                "{ \"id\":\"evt_1\",\n\t\"number\": \"4242424242424242\",\"note\":\"é" + "x".repeat(500_000) + "\"}";
        web().post()
                .uri("/webhooks/stripe")
                .header("Stripe-Signature", "t=1,v1=abc")
                .contentType(MediaType.parseMediaType("application/json; charset=utf-8"))
                .bodyValue(body)
                .exchange()
                .expectStatus()
                .isOk();
        assertThat(INGEST.seen.get(0).body()).isEqualTo(body);
        assertThat(INGEST.seen.get(0).header("Stripe-Signature")).isEqualTo("t=1,v1=abc");
        problem(
                web().post()
                        .uri("/webhooks/stripe")
                        .body(Flux.range(0, 200).map(i -> "x".repeat(10_000)), String.class)
                        .exchange(),
                413,
                "body-too-large");
        assertThat(INGEST.seen).hasSize(1);
    }

    @Test
    void largeBodiesAndCardNumbersDoNotReachAService() {
        problem(post("/api/orders", "{\"a\":\"" + "x".repeat(70_000) + "\"}"), 413, "body-too-large");
        problem(post("/api/orders", "{\"a\":\"4242 4242 4242 4242\"}"), 422, "card-number-refused");
        assertThat(ORDER.seen).isEmpty();
    }

    @Test
    void aServicesAnswerComesThroughAsItIs() {
        ORDER.answer = (request, response) -> response.status(402)
                .header("Content-Type", "application/problem+json")
                .header("Idempotency-Replayed", "true")
                .sendString(Mono.just("{\"code\":\"card-declined\"}"));
        post("/api/orders", "{}")
                .expectStatus()
                .isEqualTo(402)
                .expectHeader()
                .valueEquals("Idempotency-Replayed", "true")
                .expectBody()
                .json("{\"code\":\"card-declined\"}");
    }

    @Test
    void aServiceThatIsDownIs503WithAWait() {
        PAYMENT.stop();
        try {
            problem(get("/api/payments").expectHeader().exists("Retry-After"), 503, "unavailable");
            problem(post("/api/customers", "{}").expectHeader().exists("Retry-After"), 503, "unavailable");
        } finally {
            PAYMENT.restart();
        }
        await().atMost(WAIT)
                .untilAsserted(() -> get("/api/payments").expectStatus().isOk());
    }

    @Test
    void aServiceThatBreaksOffIs503() {
        ORDER.answer = (request, response) -> {
            response.withConnection(connection -> connection.channel().close());
            return Mono.never();
        };
        problem(post("/api/orders", "{}"), 503, "unavailable");
        assertThat(ORDER.seen).hasSize(1);
    }

    @Test
    void serverSentEventsStreamUnbufferedAndEndWithTheClient() {
        Sinks.Many<String> events = Sinks.many().multicast().onBackpressureBuffer();
        AtomicBoolean gone = new AtomicBoolean();
        ORDER.answer = (request, response) -> {
            response.withConnection(connection -> connection.onDispose(() -> gone.set(true)));
            return response.sse().sendString(events.asFlux());
        };
        List<String> got = new CopyOnWriteArrayList<>();
        Disposable client = WebClient.create(url())
                .get()
                .uri("/api/orders/1/settlement")
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .accept(MediaType.TEXT_EVENT_STREAM)
                .retrieve()
                .bodyToFlux(String.class)
                .subscribe(got::add, error -> {});
        await().atMost(WAIT).until(() -> events.currentSubscriberCount() > 0);
        events.tryEmitNext("data: settling\n\n");
        await().atMost(WAIT).untilAsserted(() -> assertThat(got).containsExactly("settling"));
        events.tryEmitNext("data: paid\n\n");
        await().atMost(WAIT).untilAsserted(() -> assertThat(got).containsExactly("settling", "paid"));
        client.dispose();
        await().atMost(WAIT).untilTrue(gone);
    }

    @Test
    void pagesAreToldWhatTheyNeed() {
        web().get()
                .uri("/api/config")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.publishableKey")
                .isEqualTo("pk_test_1")
                .jsonPath("$.stripeJsUrl")
                .isEqualTo("https://js.stripe.com/v3/")
                .jsonPath("$.stripeApiVersion")
                .isEqualTo(Stripe.API_VERSION)
                .jsonPath("$.currencies[0]")
                .isEqualTo("usd")
                .jsonPath("$.currencies.length()")
                .isEqualTo(Currencies.codes().size())
                .jsonPath("$.features.subscriptions")
                .isEqualTo(false);
    }

    @Test
    void onlyAllowedOriginsMayCallFromAPage() {
        web().options()
                .uri("/api/orders")
                .header("Origin", "http://localhost:3000")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,idempotency-key,content-type")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Access-Control-Allow-Origin", "http://localhost:3000");
        web().options()
                .uri("/api/orders")
                .header("Origin", "http://evil.example")
                .header("Access-Control-Request-Method", "POST")
                .exchange()
                .expectStatus()
                .isForbidden()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("origin-not-allowed");
    }

    @Test
    void aCallFromAStrangersPageIsRefusedInWordsAndGoesNoFurther() {
        web().get()
                .uri("/api/products")
                .header("Origin", "http://evil.example")
                .exchange()
                .expectStatus()
                .isForbidden()
                .expectHeader()
                .exists("X-Request-Id")
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("origin-not-allowed")
                .jsonPath("$.requestId")
                .isNotEmpty();
        assertThat(ORDER.seen).isEmpty();
    }

    @Test
    void tooManyRequestsOfOneUserAre429() {
        String token = TOKENS.user("greedy");
        Long limited = Flux.range(0, 400)
                .flatMap(
                        i -> WebClient.create(url())
                                .get()
                                .uri("/api/orders")
                                .header("Authorization", "Bearer " + token)
                                .exchangeToMono(answer -> answer.releaseBody().thenReturn(answer)),
                        100)
                .filter(answer -> answer.statusCode().value() == 429
                        && answer.headers().asHttpHeaders().containsHeader("Retry-After"))
                .count()
                .block(WAIT);
        assertThat(limited).isPositive();
        get("/api/orders").expectStatus().isOk();
    }

    @Test
    void onlyOperatorsSeeHowEventsFlowAndAServiceThatIsAwayIsSaidToBe() {
        ORDER.answer = (request, response) -> response.sendString(Mono.just("""
                # TYPE tillstream_events_total counter
                tillstream_events_total{application="order-service",outcome="applied",type="a"} 5.0
                tillstream_events_total{application="order-service",outcome="applied",type="b"} 2.0
                tillstream_events_total{application="order-service",outcome="ignored",type="b"} 9.0
                tillstream_events_delay_seconds_sum 1.25E-1
                """));
        INGEST.answer = (request, response) -> response.sendString(Mono.just("""
                tillstream_webhook_events_total{outcome="accepted"} 7.0
                tillstream_webhook_events_total{outcome="signature-wrong"} 2.0
                """));
        PAYMENT.stop();
        try {
            problem(get("/api/admin/event-flow"), 403, "forbidden");
            await().atMost(WAIT) // a service has 2 s for its answer, more than which it may take on a busy machine
                    .pollDelay(Duration.ZERO)
                    .untilAsserted(() -> operator("/api/admin/event-flow")
                            .expectStatus()
                            .isOk()
                            .expectBody()
                            .jsonPath("$.webhooks.accepted")
                            .isEqualTo(7)
                            .jsonPath("$.webhooks.refused")
                            .isEqualTo(2)
                            .jsonPath("$.services[?(@.name == 'order-service')].applied")
                            .isEqualTo(7)
                            .jsonPath("$.services[?(@.name == 'order-service')].delaySeconds")
                            .isEqualTo(0.125)
                            .jsonPath("$.services[?(@.name == 'payment-service')].isUp")
                            .isEqualTo(false));
        } finally {
            PAYMENT.restart();
        }
    }

    @ParameterizedTest
    @CsvSource({"orders,order", "payments,payment", "subscriptions,order", "nobody,order"})
    void whatWasNotAppliedIsAskedOfTheServiceThatIsNamed(String named, String asked) {
        for (String list : List.of("parked-events", "dead-letters")) {
            operator("/api/admin/" + list + "?service=" + named)
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.service")
                    .isEqualTo(asked);
            problem(get("/api/admin/" + list + "?service=" + named), 403, "forbidden");
        }
    }

    private WebTestClient.ResponseSpec operator(String path) {
        return web().get()
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.operator())
                .exchange();
    }

    @Test
    void oneDocumentShowsAllServicesAndAPageShowsIt() {
        ORDER.answer = (request, response) -> response.header("Content-Type", "application/json")
                .sendString(Mono.just("{\"paths\":{\"/api/orders\":{\"get\":{}},\"/internal/x\":{\"get\":{}}}}"));
        PAYMENT.stop();
        try {
            web().get()
                    .uri("/docs/openapi.json")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.paths['/api/orders'].get")
                    .exists()
                    .jsonPath("$.paths['/api/config'].get")
                    .exists()
                    .jsonPath("$.paths['/internal/x']")
                    .doesNotExist();
            String etag = web().get()
                    .uri("/docs/openapi.json")
                    .exchange()
                    .expectBody()
                    .returnResult()
                    .getResponseHeaders()
                    .getETag();
            web().get()
                    .uri("/docs/openapi.json")
                    .header("If-None-Match", etag)
                    .exchange()
                    .expectStatus()
                    .isNotModified();
        } finally {
            PAYMENT.restart();
        }
        web().get().uri("/docs").exchange().expectStatus().is3xxRedirection();
        web().get()
                .uri("/webjars/swagger-ui/index.html")
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void metricsAndTheOwnDocumentAreNotForStrangers() {
        for (String path : List.of("/actuator/prometheus", "/actuator/info", "/v3/api-docs", "/v3/api-docs.yaml")) {
            problem(web().get().uri(path).exchange(), 401, "unauthorized");
            problem(get(path), 403, "forbidden");
        }
        for (String path : List.of("/actuator/health", "/actuator/health/readiness", "/livez", "/readyz")) {
            web().get().uri(path).exchange().expectStatus().isOk();
        }
    }

    /** Whoever takes the collector's token has the metrics, and neither the shop's data nor a user's rights. */
    @Test
    void aCollectorReadsMetricsAndNothingElse() throws Exception {
        String token = TOKENS.token(claims -> claims.subject("prometheus").claim("scope", "metrics"));
        for (String path : List.of("/actuator/info", "/v3/api-docs", "/api/orders", "/api/admin/event-flow")) {
            assertThat(sent(HttpRequest.newBuilder(java.net.URI.create(url() + path))
                                    .header("Authorization", "Bearer " + token))
                            .statusCode())
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(sent(HttpRequest.newBuilder(java.net.URI.create(url() + "/actuator/prometheus"))
                                .header("Authorization", "Bearer " + token))
                        .body())
                .contains("http_server_requests");
    }

    /**
     * Every path that a filter of ours looks at, with each of its letters spelled as its code: all that maps requests would take
     * it for the same path, so a filter that does not know it leaves a door open, or an endpoint without its limits.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /actuator/prometheus",
                "GET /actuator/info",
                "GET /v3/api-docs",
                "GET /v3/api-docs.yaml",
                "GET /internal/payments",
                "GET /api/orders/1/settlement",
                "GET /api/subscriptions/1/settlement",
                "GET /api/checkout/sessions/cs_1",
                "POST /api/checkout/sessions",
                "POST /api/orders/1/payments",
                "POST /webhooks/stripe",
                "GET /livez",
                "GET /readyz",
                "GET /docs/openapi.json",
                "GET /webjars/swagger-ui/index.html",
                "GET /shop/js/app.js",
                "GET /cart"
            })
    void aPathIsThereInOneSpellingOnly(String line) throws Exception {
        String[] parts = line.split(" ", 2);
        String path = parts[1];
        for (int i = 0; i < path.length(); i++) {
            char letter = path.charAt(i);
            if (letter == '/') {
                continue;
            }
            for (String code : List.of("%%%02X", "%%%02x")) {
                String spelled = path.substring(0, i) + code.formatted((int) letter) + path.substring(i + 1);
                HttpResponse<String> answer = sent(HttpRequest.newBuilder(java.net.URI.create(url() + spelled))
                        .method(parts[0], HttpRequest.BodyPublishers.noBody()));
                assertThat(answer.statusCode()).as(spelled).isEqualTo(404);
                assertThat(answer.body()).as(spelled).contains("\"code\":\"not-found\"");
            }
        }
        assertThat(ORDER.seen).isEmpty();
        assertThat(PAYMENT.seen).isEmpty();
        assertThat(INGEST.seen).isEmpty();
    }

    /** An id may hold what has to be spelled as its code. */
    @Test
    void aLetterThatHasToBeSpelledAsItsCodeIs() throws Exception {
        for (String id : List.of("a%20b", "a%3Ab", "%C3%A9")) {
            HttpResponse<String> answer =
                    sent(HttpRequest.newBuilder(java.net.URI.create(url() + "/api/products/" + id)));
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void metricsCarryNoIds() throws Exception {
        String id = java.util.UUID.randomUUID().toString();
        for (String path : List.of("/api/orders/" + id, "/nothing/" + id, "/api/payments/" + id + "?x=" + id)) {
            get(path).expectStatus().value(status -> assertThat(status).isIn(200, 404));
        }
        String metrics = sent(HttpRequest.newBuilder(java.net.URI.create(url() + "/actuator/prometheus"))
                        .header("Authorization", "Bearer " + TOKENS.service("metrics")))
                .body();
        assertThat(metrics).contains("http_server_requests").doesNotContain(id).doesNotContain("alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "json",
                "application/",
                "/json",
                "application/json;charset=none-such",
                "application json",
                "application/json; charset=\"utf-8",
                "*"
            })
    void aContentTypeThatIsNoneIsNoFaultOfOurs(String type) throws Exception {
        HttpResponse<String> answer = sent(HttpRequest.newBuilder(java.net.URI.create(url() + "/api/checkout/sessions"))
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString("{\"mode\":\"payment\"}")));
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(answer.body()).contains("unsupported-media-type");
    }

    private static HttpResponse<String> sent(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theGatewaysOwnEndpointsTellNothingOfItsRoutes() {
        for (String path : List.of("/actuator/gateway/routes", "/actuator/env", "/actuator")) {
            web().get().uri(path).exchange().expectStatus().value(status -> assertThat(status)
                    .isIn(401, 403, 404));
        }
        web().get()
                .uri("/api/products")
                .exchange()
                .expectHeader()
                .valueEquals("X-Content-Type-Options", "nosniff")
                .expectHeader()
                .valueEquals("X-Frame-Options", "DENY")
                .expectHeader()
                .exists("Content-Security-Policy");
    }
}
