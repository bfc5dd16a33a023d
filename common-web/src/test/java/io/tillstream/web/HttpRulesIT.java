package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.testing.TestWebClient;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;

/** What a service with this module answers, over real HTTP. */
@ExtendWith(OutputCaptureExtension.class)
class HttpRulesIT extends RunningTestService {

    @Autowired
    ConfigurableApplicationContext context;

    /** Sixty more. */
    private static final String MANY_TYPES = java.util.stream.IntStream.range(0, 60)
            .mapToObj(i -> ", text/x-" + i)
            .collect(java.util.stream.Collectors.joining());

    WebTestClient web() {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(Duration.ofSeconds(60))
                .build();
    }

    WebTestClient.ResponseSpec post(String path, Object body) {
        return web().post()
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("Idempotency-Key", java.util.UUID.randomUUID().toString())
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    WebTestClient.ResponseSpec get(String path, String token) {
        return web().get().uri(path).header("Authorization", "Bearer " + token).exchange();
    }

    static void problem(WebTestClient.ResponseSpec answer, int status, String code) {
        answer.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo(code)
                .jsonPath("$.status")
                .isEqualTo(status)
                .jsonPath("$.requestId")
                .isNotEmpty()
                .jsonPath("$.trace")
                .doesNotExist();
    }

    @Test
    void aLogLineTellsItsRequestAndItsTraceOnWhateverThread(CapturedOutput log) {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        String request = web().get()
                .uri("/api/logged")
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(String.class)
                .getResponseHeaders()
                .getFirst(RequestIdAttribute.HEADER);

        assertThat(log.getOut().lines().filter(line -> line.contains("Logged on another thread")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("[" + request + "] [" + trace + "]"));
    }

    @Test
    void whatIsNotThereIs404() {
        problem(get("/nowhere", TOKENS.user("alice")), 404, "not-found");
        problem(web().get().uri("/nowhere").exchange(), 404, "not-found");
    }

    @Test
    void theRootIsAPage() {
        web().get()
                .uri("/")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_HTML)
                .expectBody(String.class)
                .value(page -> assertThat(page).contains("test-service", "/v3/api-docs", "/actuator/health"));
    }

    @Test
    void withoutATokenItIs401() {
        problem(web().get().uri("/api/me").exchange(), 401, "unauthorized");
        problem(web().get().uri("/api/not-mapped").exchange(), 401, "unauthorized");
        problem(web().get().uri("/internal/things").exchange(), 401, "unauthorized");
    }

    @Test
    void badTokensAre401() {
        problem(get("/api/me", "nonsense"), 401, "unauthorized");
        problem(get("/api/me", TOKENS.forged("alice")), 401, "unauthorized");
        problem(get("/api/me", TOKENS.token(c -> c.subject("alice").issuer("http://elsewhere"))), 401, "unauthorized");
        problem(get("/api/me", TOKENS.token(c -> c.subject("alice").audience("other"))), 401, "unauthorized");
        problem(get("/api/me", TOKENS.token(c -> c.subject("alice").audience(List.of()))), 401, "unauthorized");
        problem(
                get("/api/me", TOKENS.token(c -> c.subject("alice")
                        .expirationTime(Date.from(Instant.now().minusSeconds(60))))),
                401,
                "unauthorized");
        problem(get("/api/me", TOKENS.token(c -> c.subject("alice").expirationTime(null))), 401, "unauthorized");
        problem(get("/api/me", TOKENS.token(c -> c)), 401, "unauthorized");
    }

    @Test
    void aSignedTokenOfAnotherFormIs401() {
        for (Object scope :
                List.of(5, List.of(1, 2), List.of(List.of("operator")), java.util.Map.of("a", "b"), true, "a\u0000b")) {
            problem(get("/api/me", TOKENS.token(c -> c.subject("alice").claim("scope", scope))), 401, "unauthorized");
        }
        for (String claim : List.of("exp", "nbf", "iat")) {
            for (Object time : List.of("soon", List.of(1), java.util.Map.of(), true, -1e300, 1e300, Long.MIN_VALUE)) {
                HttpStatusCode status = get(
                                "/api/me", TOKENS.token(c -> c.subject("alice").claim(claim, time)))
                        .returnResult(String.class)
                        .getStatus();
                assertThat(status.value()).as("%s %s", claim, time).isIn(200, 401);
            }
        }
        for (Object audience :
                List.of(5, true, java.util.Map.of("a", "b"), List.of(1, "tillstream"), List.of(List.of()))) {
            HttpStatusCode status = get(
                            "/api/me", TOKENS.token(c -> c.subject("alice").claim("aud", audience)))
                    .returnResult(String.class)
                    .getStatus();
            assertThat(status.value()).as("aud %s", audience).isIn(200, 401);
        }
        for (Object subject : List.of(5, true, List.of("alice"), java.util.Map.of("a", "b"))) {
            HttpStatusCode status = get("/api/me", TOKENS.token(c -> c.claim("sub", subject)))
                    .returnResult(String.class)
                    .getStatus();
            assertThat(status.value()).as("sub %s", subject).isIn(200, 401);
        }
        for (String subject : List.of("a\u0000", " ", "x".repeat(256), "a\nb", "bj\u00f6rn", "\u3042")) {
            problem(get("/api/me", TOKENS.token(c -> c.subject(subject))), 401, "unauthorized");
        }
        get("/api/me", TOKENS.token(c -> c.subject("alice").claim("scope", List.of("openid", "operator"))))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.scopes.length()")
                .isEqualTo(2);
    }

    @Test
    void unknownKeysDoNotMakeUsCallTheProviderForEver() {
        get("/api/me", TOKENS.user("alice")).expectStatus().isOk();
        int before = TOKENS.keysAsked();
        long begun = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            get("/api/me", TOKENS.forged("alice")).expectStatus().isUnauthorized();
        }
        int pauses = (int) (Duration.ofNanos(System.nanoTime() - begun).toSeconds() / 10); // on a busy machine
        assertThat(TOKENS.keysAsked() - before).isLessThanOrEqualTo(2 + pauses);
    }

    @Test
    void theCallerIsTheTokensSubject() {
        get("/api/me", TOKENS.user("alice"))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.userId")
                .isEqualTo("alice")
                .jsonPath("$.scopes.length()")
                .isEqualTo(3);
    }

    @Test
    void scopesOpenWhatTheyAreFor() {
        String refund = "/api/orders/5f0c7a3e-7f3b-4d0c-9a2e-0d3c1b2a4f5e/refunds";
        problem(post(refund, "{}"), 403, "forbidden");
        web().post()
                .uri(refund)
                .header("Authorization", "Bearer " + TOKENS.operator())
                .exchange()
                .expectStatus()
                .isOk();
        problem(get("/api/admin/orders", TOKENS.user("alice")), 403, "forbidden");
        problem(get("/internal/things", TOKENS.user("alice")), 403, "forbidden");
        problem(get("/internal/things", TOKENS.operator()), 403, "forbidden");
        get("/internal/things", TOKENS.service("order-service")).expectStatus().isOk();
        problem(get("/api/me", TOKENS.service("order-service")), 403, "forbidden");
    }

    @Test
    void wrongMethodMediaTypeAndAcceptAreSaid() {
        problem(
                web().method(HttpMethod.DELETE)
                        .uri("/api/items")
                        .header("Authorization", "Bearer " + TOKENS.user("alice"))
                        .exchange()
                        .expectHeader()
                        .valueEquals("Allow", "POST"),
                405,
                "method-not-allowed");
        problem(
                web().post()
                        .uri("/api/items")
                        .header("Authorization", "Bearer " + TOKENS.user("alice"))
                        .header("Idempotency-Key", "k")
                        .contentType(MediaType.TEXT_PLAIN)
                        .bodyValue("hi")
                        .exchange(),
                415,
                "unsupported-media-type");
        problem(web().get().uri("/api/products").accept(MediaType.IMAGE_PNG).exchange(), 406, "not-acceptable");
    }

    /** Spring looks at it when it writes the answer: by then the money has moved, and the refusal says that nothing was done. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "nonsense",
                "*/*;q=abc",
                "a/b/c",
                "image/png, text/plain",
                "application/json;q=0",
                "application/problem+json",
                "application/problem+json, text/html",
                "application/xml, */*;q=0",
                "application/json, nonsense",
                "many"
            })
    void whatActsIsRefusedBeforeItActsWhereItsAnswerIsNotTaken(String accept) throws Exception {
        int before = things.runs.get();
        HttpResponse<String> answer = accepting(accept.equals("many") ? "application/json" + MANY_TYPES : accept);
        assertThat(answer.statusCode()).isEqualTo(406);
        assertThat(answer.body()).contains("\"code\":\"not-acceptable\"");
        assertThat(things.runs.get()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/*",
                "text/html, */*;q=0.1",
                "application/problem+json, application/json",
                "application/json;charset=iso-8859-1",
                "application/json;charset=utf-16, text/html",
                "application/*+json, text/html",
                ""
            })
    void whoTakesJsonInAnyWayIsAnsweredInJson(String accept) throws Exception {
        HttpResponse<String> answer = accepting(accept);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.body()).contains("\"name\":\"a\"");
    }

    @Test
    void moreAcceptedTypesThanAreSortedAre406InALine(CapturedOutput output) {
        int before = output.getAll().length();
        for (String path : List.of("/api/me", "/api/products", "/", "/nowhere", "/v3/api-docs")) {
            problem(web().get().uri(path).header("Accept", "*/*" + MANY_TYPES).exchange(), 406, "not-acceptable");
        }
        assertThat(faults(output, before)).isEmpty();
    }

    private HttpResponse<String> accepting(String accept) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:" + port + "/api/items"))
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("Idempotency-Key", java.util.UUID.randomUUID().toString())
                .header("Content-Type", "application/json")
                .header("Accept", accept)
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"a\",\"amount\":1}"))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"when\":\"never\"}", "{\"a\":{}}", "[]", "[null]", "1", "\"now\""})
    void whatTakesNoFieldsDoesNotActForSomeoneWhoSendsOne(String body) {
        int before = things.runs.get();
        problem(post("/api/bare", body), 400, "malformed-request");
        assertThat(things.runs.get()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", " {\n} ", " ", "null"})
    void whoeverSendsItNothingIsServed(String body) {
        post("/api/bare", body).expectStatus().isOk();
    }

    @Test
    void theFieldThatIsNotTakenIsNamed() {
        post("/api/bare", "{\"when\":\"never\"}")
                .expectBody()
                .jsonPath("$.errors[0].field")
                .isEqualTo("when");
    }

    /** It is the identity provider's to give: who has it would pay nothing, and could not be looked for. */
    @Test
    void aUsersIdThatLooksLikeACardNumberIsNone() {
        String subject = "4242 4242 4242 4242";
        String token = TOKENS.token(c -> c.subject(subject).claim("scope", "openid"));
        get("/api/me", token)
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.userId")
                .isEqualTo(subject);
        for (String field : List.of("userId", "aggregateId", "reference")) {
            String id = "{\"" + field + "\":\"4242424242424242\"}";
            problem(post("/api/items", id), 400, "malformed-request"); // this service does not know the field
        }
        problem(post("/api/items", "{\"userId\":\"" + subject + "\"}"), 400, "malformed-request");
        problem(post("/api/items", "{\"note\":\"" + subject + "\"}"), 422, "card-number-refused");
        problem(get("/api/products?userId=4242424242424242", token), 400, "malformed-request");
        problem(get("/api/products?userId=4242+4242+4242+4242", token), 400, "malformed-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "",
                "[]",
                "{\"name\":\"a\",\"amount\":1} x",
                "{\"name\":\"a\",\"amount\":1,\"price\":1}",
                "{\"name\":\"a\",\"amount\":10.99}",
                "{\"name\":\"a\",\"amount\":10.0}",
                "{\"name\":\"a\",\"amount\":\"10\"}",
                "{\"name\":\"a\",\"amount\":true}",
                "{\"name\":\"a\",\"amount\":null}",
                "{\"name\":\"a\",\"amount\":9223372036854775808}",
                "{\"name\":5,\"amount\":1}",
                "{\"name\":true,\"amount\":1}",
                "{\"name\":\"a\",\"amount\":1,\"amount\":2}",
                "{\"name\":\"a\",\"amount\":1,\"kind\":0}",
                "{\"name\":\"a\",\"amount\":1,\"kind\":\"HUGE\"}",
            })
    void malformedJsonIs400AndSaysWhere(String body) {
        problem(post("/api/items", body), 400, "malformed-request");
        String told = new String(
                post("/api/items", body).expectBody().returnResult().getResponseBody(),
                java.nio.charset.StandardCharsets.UTF_8);
        assertThat(told).containsPattern("\"field\":\"\\w+\"|line \\d+, column \\d+|a JSON body is missing");
    }

    @Test
    void deepJsonIs400() {
        problem(
                post("/api/items", "{\"name\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}"),
                400,
                "malformed-request");
    }

    @Test
    void aWrongFieldIsNamedWithoutOurClassNames() {
        byte[] body = post("/api/items", "{\"name\":\"a\",\"amount\":1,\"price\":1}")
                .expectBody()
                .jsonPath("$.errors[0].field")
                .isEqualTo("price")
                .returnResult()
                .getResponseBody();
        assertThat(new String(body, java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain("tillstream.web", "Exception");
    }

    @Test
    void brokenRulesAre422WithTheirFields() {
        post("/api/items", "{\"name\":\" \",\"amount\":0}")
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("validation-failed")
                .jsonPath("$.errors.length()")
                .isEqualTo(2);
    }

    @Test
    void aBodyOverTheLimitIs413AlsoInChunks() {
        String large = "{\"name\":\"" + "a".repeat(66_000) + "\",\"amount\":1}";
        problem(post("/api/items", large), 413, "body-too-large");
        problem(
                web().post()
                        .uri("/api/items")
                        .header("Authorization", "Bearer " + TOKENS.user("alice"))
                        .header("Idempotency-Key", "chunks")
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(Flux.range(0, 100).map(i -> "x".repeat(1_000)), String.class)
                        .exchange(),
                413,
                "body-too-large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"4242424242424242\",\"amount\":1}",
                "{\"name\":\"a\",\"amount\":4242424242424242}",
                "{\"name\":\"my card is 4242 4242 4242 4242, thanks\",\"amount\":1}",
                "{\"name\":\"5555-5555-5555-4444\",\"amount\":1}",
                "{\"name\":\"\\u0034242424242424242\",\"amount\":1}",
                "{\"unknown\":{\"deep\":[\"378282246310005\"]}}",
                "{\"4242424242424242\":1}",
                "{\"a\":\"4242\\u00a04242\\u00a04242\\u00a04242\"}",
                "{\"a\":\"4242\\t4242\\n4242\\r\\n4242\"}",
                "{\"a\":\"4242.4242.4242.4242\"}",
                "{\"a\":\"\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\"}",
                "{\"a\":\"\uff14\uff12\uff14\uff12 \uff14\uff12\uff14\uff12 \uff14\uff12\uff14\uff12 \uff14\uff12\uff14\uff12\"}",
                "{\"a\":\"\\u0034\\u0032\\u00342 4242 4242 4242\"}",
                "{\"amount\":4.242424242424242E15}",
                "{\"amount\":4242424242424242.0}",
                "{\"amount\":42424242424242420000000000000000000000000000000E-31}",
                "{\"amount\":0.0000000000000000000000000000000004242424242424242E49}",
                "{\"a\":\"4242\\u28004242\\u31644242\\uffa04242\"}",
                "{\"productId\":\"4242 4242 4242 4242\"}",
                "{\"paymentMethodId\":\"4242424242424242\"}",
                "{\"name\":\"4\\u200b242-4242-4242-4242\",\"amount\":1}",
            })
    void aCardNumberIsRefused(String body) {
        problem(post("/api/items", body), 422, "card-number-refused");
    }

    @Test
    void aCardNumberInTheAddressIsRefused() {
        String token = TOKENS.user("alice");
        problem(get("/api/products/4242424242424242", token), 404, "not-found"); // an id, ours to define
        problem(get("/api/products?4242424242424242=x", token), 422, "card-number-refused");
        problem(get("/api/products?q=4242+4242+4242+4242", token), 422, "card-number-refused");
        problem(get("/api/products?q=4242-4242-42424242", token), 422, "card-number-refused");
    }

    @Test
    void ordinaryNumbersInIdsAndKeysAreNoCardNumbers() {
        post("/api/items", "{\"productId\":\"4242424242424242\",\"amount\":1}")
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("malformed-request"); // this service does not know the field
        web().post()
                .uri("/api/items")
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("Idempotency-Key", "4242424242424242")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"name\":\"a\",\"amount\":1}")
                .exchange()
                .expectStatus()
                .isCreated();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-16", "UTF-32"})
    void jsonIsUtf8(String charset) throws Exception {
        byte[] body =
                "{\"name\":\"4242424242424242\",\"amount\":1}".getBytes(java.nio.charset.Charset.forName(charset));
        problem(post("/api/items", body), 415, "unsupported-media-type");
        assertThat(typed("application/json; charset=" + charset).statusCode()).isEqualTo(415);
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
                "*",
                "application/json, text/plain",
                "text/plain",
                "application/*"
            })
    void aContentTypeThatIsNoneIsRefusedInWords(String type) throws Exception {
        HttpResponse<String> answer = typed(type);
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(answer.body()).contains("unsupported-media-type");
    }

    /** WebTestClient sends only content types that are some. */
    private HttpResponse<String> typed(String type) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:" + port + "/api/items"))
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("Idempotency-Key", java.util.UUID.randomUUID().toString())
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"a\",\"amount\":1}"))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"a\\u0000\",\"amount\":1}",
                "{\"name\":\"a\",\"amount\":1,\"note\":\"\\u0000\"}",
                "{\"\\u0000\":1}",
                "{\"unknown\":[{\"deep\":[\"\\u0000\"]}]}",
                "{\"name\":\"\\ud800\",\"amount\":1}",
                "{\"name\":\"\\udc00\\ud800\",\"amount\":1}",
                "{\"name\":\"\\ud83d\",\"amount\":1}"
            })
    void whatNoDatabaseKeepsIsRefusedInEveryText(String body) {
        problem(post("/api/items", body), 422, "validation-failed");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/products?q=%00,422,validation-failed",
        "/api/products?%00=q,422,validation-failed",
        "/api/products/a%00b,422,validation-failed",
        "/api/products?q=%ED%A0%80,400,malformed-request",
        "/api/products?q=%C3,400,malformed-request",
        "/api/products/%20,404,not-found",
        "/api/products/%09,404,not-found",
        "/api/products/%C2%A0,404,not-found",
        "/api/%6De,404,not-found",
        "/webhooks/%73tripe,404,not-found"
    })
    void norInAnyAddress(String address, int status, String code) {
        problem(
                web().get()
                        .uri(java.net.URI.create("http://127.0.0.1:" + port + address))
                        .header("Authorization", "Bearer " + TOKENS.user("alice"))
                        .exchange(),
                status,
                code);
    }

    /** The server below us refuses what is no HTTP; its sender can read why all the same, and ask about it. */
    @ParameterizedTest
    @CsvSource({
        "414, address-too-long, GET /api/me?a=LONG HTTP/1.1|Host: x||",
        "431, headers-too-large, GET /api/me HTTP/1.1|Host: x|Connection: close|X-Long: LONG||",
        "400, malformed-request, GET /api/me HTTP/1.1|Host: x|X Y: z||",
        "400, malformed-request, nonsense||"
    })
    void whatIsNoHttpIsRefusedInWords(int status, String code, String request) throws Exception {
        String sent = request.replace("LONG", "y".repeat(22_000)).replace("|", "\r\n");
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 " + status + " ")
                    .containsIgnoringCase("content-type: application/problem+json")
                    .contains("\"code\":\"" + code + "\"", "\"status\":" + status, "\"requestId\":\"");
        }
    }

    /** Chunks that are none are refused below us; what we wait for then is over, in a line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\n{}\r\n0\r\n\r\n",
                "-1\r\n{}\r\n0\r\n\r\n",
                "ffffffffffffffff\r\n{}",
                "2\r\n{}zz\r\n",
                "\r\n{}\r\n"
            })
    void brokenChunksAre400InALine(String chunks, CapturedOutput output) throws Exception {
        int before = output.getAll().length();
        for (boolean later : new boolean[] {false, true}) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(60_000);
                OutputStream out = socket.getOutputStream();
                String head = head("Transfer-Encoding: chunked\r\n");
                out.write((later ? head + "3\r\n{\"a\r\n" : head).getBytes(StandardCharsets.UTF_8));
                out.flush();
                if (later) {
                    get("/api/me", TOKENS.user("alice")).expectStatus().isOk(); // the head is read by now
                }
                out.write(chunks.getBytes(StandardCharsets.UTF_8));
                out.flush();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 400 ")
                        .contains("\"code\":\"malformed-request\"");
            }
        }
        assertThat(faults(output, before)).isEmpty();
    }

    @Test
    void aClientThatGoesAwayInTheMiddleOfItsBodyLeavesNoTrace(CapturedOutput output) throws Exception {
        int before = output.getAll().length();
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                OutputStream out = socket.getOutputStream();
                out.write(head("Content-Length: 5000\r\n").getBytes(StandardCharsets.UTF_8));
                out.write("{\"name\":".getBytes(StandardCharsets.UTF_8));
                out.flush();
                get("/api/me", TOKENS.user("alice")).expectStatus().isOk(); // the head is read by now
                socket.setSoLinger(i % 2 == 0, 0); // with and without a reset
            }
        }
        get("/api/me", TOKENS.user("alice")).expectStatus().isOk();
        assertThat(faults(output, before)).isEmpty();
    }

    /** What looks whole before it breaks is not acted upon: its sender is told 400. */
    @Test
    void aBodyThatEndsInABrokenChunkIsNotTaken() throws Exception {
        String item = "{\"name\":\"a\",\"amount\":1}";
        int before = things.runs.get();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            String chunk = Integer.toHexString(item.length()) + "\r\n" + item + "\r\n";
            out.write((head("Transfer-Encoding: chunked\r\n") + chunk).getBytes(StandardCharsets.UTF_8));
            out.flush();
            get("/api/me", TOKENS.user("alice")).expectStatus().isOk(); // the head is read by now
            out.write("zz\r\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400 ");
        }
        get("/api/me", TOKENS.user("alice")).expectStatus().isOk();
        assertThat(things.runs.get()).isEqualTo(before);
    }

    private static List<String> faults(CapturedOutput output, int since) {
        return output.getAll()
                .substring(since)
                .lines()
                .filter(line -> line.startsWith("\tat ") || line.contains(" ERROR "))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "deflate", "nonsense", "gzip, identity"})
    void aBodyThatIsSaidToBePackedIsRefused(String coding) throws Exception {
        String answer = sent("Content-Encoding: " + coding + "\r\nContent-Length: 2\r\n", "{}");

        assertThat(answer).startsWith("HTTP/1.1 415 ").contains("unsupported-media-type");
    }

    /** RFC 8259, 8.1: none is to be sent, and a reader may skip it. */
    @Test
    void aByteOrderMarkIsSkipped() {
        post("/api/items", "\ufeff{\"name\":\"a\",\"amount\":1}").expectStatus().isCreated();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400",
                "-1e400",
                "1e308",
                "1e999999999",
                "1e-2147483648",
                "99999999999999999999999999999999999999999999999999999999999999999999999",
                "NaN",
                "Infinity",
                "00",
                "+1",
                "0x1",
                ".5",
                "1_000"
            })
    void aNumberThatIsNoneOfOursIs400(String number) {
        problem(post("/api/items", "{\"name\":\"a\",\"amount\":" + number + "}"), 400, "malformed-request");
    }

    private String head(String headers) {
        return "POST /api/items HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIdempotency-Key: k\r\n"
                + "Content-Type: application/json\r\nAuthorization: Bearer " + TOKENS.user("alice") + "\r\n" + headers
                + "\r\n";
    }

    private String sent(String headers, String body) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write((head(headers) + body).getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aLongIdOrKeyIsRefusedAtOnce() {
        problem(get("/api/products/" + "a-".repeat(1_000), TOKENS.user("alice")), 404, "not-found");
        problem(
                web().post()
                        .uri("/api/items")
                        .header("Authorization", "Bearer " + TOKENS.user("alice"))
                        .header("Idempotency-Key", "1-".repeat(7_000))
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue("{}")
                        .exchange(),
                400,
                "idempotency-key-invalid");
    }

    @Test
    void pagesHaveCursors() {
        get("/api/products?limit=2", TOKENS.user("alice"))
                .expectBody()
                .jsonPath("$.data.length()")
                .isEqualTo(2)
                .jsonPath("$.nextCursor")
                .isEqualTo(new Cursor(Instant.EPOCH, "b").encoded());
        get("/api/products?limit=3", TOKENS.user("alice"))
                .expectBody()
                .json(
                        "{\"data\":[\"a\",\"b\",\"c\"],\"nextCursor\":null}",
                        org.springframework.test.json.JsonCompareMode.STRICT);
    }

    @ParameterizedTest
    @CsvSource({
        "cursor=%25%25,400,malformed-request",
        "limit=x,400,malformed-request",
        "limit=0,422,validation-failed",
        "limit=101,422,validation-failed"
    })
    void wrongPagingIsSaid(String query, int status, String code) {
        problem(get("/api/products?" + query, TOKENS.user("alice")), status, code);
    }

    @Test
    void anInnerFaultTellsNothingOfIt() {
        byte[] body = post("/api/items", "{\"name\":\"broken\",\"amount\":1}")
                .expectStatus()
                .isEqualTo(500)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("internal-error")
                .returnResult()
                .getResponseBody();
        assertThat(new String(body, java.nio.charset.StandardCharsets.UTF_8)).doesNotContain("jdbc", "Illegal");
    }

    @Test
    void whatDoesNotAnswerInTimeIs503WithAWait() {
        problem(
                get("/api/late", TOKENS.user("alice")).expectHeader().exists(HttpHeaders.RETRY_AFTER),
                503,
                "unavailable");
    }

    @Test
    void theRequestIdIsKeptIfHarmless() {
        web().get()
                .uri("/api/products")
                .header("X-Request-Id", "from-outside.1")
                .exchange()
                .expectHeader()
                .valueEquals("X-Request-Id", "from-outside.1");
        web().get()
                .uri("/api/products")
                .header("X-Request-Id", "a b")
                .exchange()
                .expectHeader()
                .value("X-Request-Id", id -> assertThat(id).hasSize(36));
    }

    /** Who filters by a misspelt name must not take the whole list for the answer. */
    @ParameterizedTest
    @CsvSource({
        "/api/products?status=paid, status",
        "/api/products?limit=2&Limit=3, Limit",
        "/api/me?userId=bob, userId",
    })
    void anUnknownParameterIs400AndNamed(String path, String name) {
        get(path, TOKENS.user("alice"))
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.errors[0].field")
                .isEqualTo(name);
    }

    @Test
    void onlyTheThreeManagementEndpointsAreThere() {
        for (String open : List.of("/actuator/health", "/actuator/info", "/actuator/prometheus", "/livez", "/readyz")) {
            web().get().uri(open).exchange().expectStatus().isOk();
        }
        for (String closed : List.of("/actuator", "/actuator/env", "/actuator/heapdump", "/actuator/gateway")) {
            web().get().uri(closed).exchange().expectStatus().value(status -> assertThat(status)
                    .isIn(401, 404));
        }
    }

    /** As a test's context that another takes turns with. */
    @Test
    void afterAPauseItIsReadyAgain() {
        context.pause();
        context.restart();

        web().get().uri("/readyz").exchange().expectStatus().isOk();
    }

    @Test
    void openApiTellsTokenKeyAndErrors() {
        web().get()
                .uri("/v3/api-docs")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.paths['/api/items'].post.responses['409']")
                .exists()
                .jsonPath(
                        "$.paths['/api/items'].post.responses['422'].content['application/problem+json'].schema['$ref']")
                .isEqualTo("#/components/schemas/Problem")
                .jsonPath("$.paths['/api/items'].post.parameters[0].name")
                .isEqualTo("Idempotency-Key")
                .jsonPath("$.paths['/api/items'].post.security[0].token")
                .exists()
                .jsonPath("$.paths['/api/products'].get.security")
                .doesNotExist()
                .jsonPath("$.paths['/api/products'].get.parameters.length()")
                .isEqualTo(2);
    }
}
