package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestPostgres;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import io.tillstream.web.example.TestService;
import io.tillstream.web.idempotency.KeyCleanUp;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Sinks;

/** The same key gives the same answer, whatever happens between. */
@SpringBootTest(
        classes = {TestService.class, KeyCleanUp.class},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.application.name=test-service", "tillstream.web.shutdown-delay=0s"})
class IdempotencyIT {

    private static final TestTokens TOKENS = TestTokens.shared();
    private static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();

    @Autowired
    TestService.Things things;

    @Autowired
    KeyCleanUp cleanUp;

    @LocalServerPort
    int port;

    private final String key = UUID.randomUUID().toString();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) throws SQLException {
        TestDatabase.register(registry, DATABASE);
        registry.add("OIDC_ISSUER", TOKENS::issuer);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/me");
    }

    @BeforeEach
    void openGate() {
        things.gate = Sinks.empty();
        things.runs.set(0);
        things.finished.set(0);
    }

    WebTestClient.ResponseSpec post(String user, String path, String key, @Nullable String name) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(Duration.ofSeconds(60))
                .build()
                .post()
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.user(user))
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(name == null ? "{}" : "{\"name\":\"" + name + "\",\"amount\":1}")
                .exchange();
    }

    WebTestClient.ResponseSpec post(String name) {
        return post("alice", "/api/items", key, name);
    }

    static String body(WebTestClient.ResponseSpec answer) {
        return new String(
                answer.expectBody().returnResult().getResponseBody(), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void aRepeatGetsTheFirstAnswer() {
        String first =
                body(post("book").expectStatus().isCreated().expectHeader().doesNotExist("Idempotency-Replayed"));
        var again = post("book")
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("Idempotency-Replayed", "true")
                .expectHeader()
                .contentType(MediaType.APPLICATION_JSON)
                .expectHeader()
                .exists("Location");
        assertThat(body(again)).isEqualTo(first).contains("\"run\":1");
        assertThat(things.runs).hasValue(1);
    }

    @Test
    void theIdIsMadeOfUserEndpointAndKey() {
        IdempotencyKey expected = IdempotencyKey.of("alice", "POST /api/items", key);
        assertThat(body(post("book"))).contains(expected.id().toString());
        assertThat(body(post("bob", "/api/items", key, "book")))
                .doesNotContain(expected.id().toString());
    }

    @Test
    void anotherBodyIsRefused() {
        post("book").expectStatus().isCreated();
        HttpRulesIT.problem(post("other"), 422, "idempotency-key-reused");
    }

    @Test
    void whileTheFirstRunsItIs409() throws Exception {
        Thread first = new Thread(() -> post("slow"));
        first.start();
        await().until(() -> things.runs.get() == 1);
        HttpRulesIT.problem(post("slow").expectHeader().exists("Retry-After"), 409, "idempotency-key-in-use");
        things.gate.tryEmitEmpty();
        first.join();
        post("slow").expectStatus().isCreated().expectHeader().valueEquals("Idempotency-Replayed", "true");
        assertThat(things.runs).hasValue(1);
    }

    @Test
    void aClientThatGoesAwayDoesNotStopTheWork() {
        var gone = WebClient.create("http://127.0.0.1:" + port)
                .post()
                .uri("/api/items")
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"name\":\"slow\",\"amount\":1}")
                .retrieve()
                .toBodilessEntity()
                .subscribe();
        await().until(() -> things.runs.get() == 1);
        gone.dispose();
        things.gate.tryEmitEmpty();
        await().untilAsserted(() -> assertThat(things.finished).hasValue(1));
        await().untilAsserted(() ->
                post("slow").expectStatus().isCreated().expectHeader().valueEquals("Idempotency-Replayed", "true"));
        assertThat(things.runs).hasValue(1);
    }

    @Test
    void aDeclineIsKept() {
        String first = body(post("declined").expectStatus().isEqualTo(402));
        String again = body(post("declined")
                .expectStatus()
                .isEqualTo(402)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectHeader()
                .valueEquals("Idempotency-Replayed", "true"));
        assertThat(again).isEqualTo(first).contains("\"payment\":{\"run\":1}");
    }

    @Test
    void anErrorIsRunAnewWithTheSameId() {
        post("broken").expectStatus().isEqualTo(500);
        post("broken").expectStatus().isEqualTo(500).expectHeader().doesNotExist("Idempotency-Replayed");
        assertThat(things.runs).hasValue(2);
        String other = UUID.randomUUID().toString();
        post("alice", "/api/items", other, "conflict").expectStatus().isEqualTo(409);
        post("alice", "/api/items", other, "conflict").expectStatus().isEqualTo(409);
        assertThat(things.runs).hasValue(4);
    }

    @Test
    void afterAnErrorTheKeyStillStandsForItsRequestSoNoOtherCartIsPaidWithIt() {
        post("broken").expectStatus().isEqualTo(500);
        HttpRulesIT.problem(post("book"), 422, "idempotency-key-reused");
        String other = UUID.randomUUID().toString();
        post("alice", "/api/items", other, "conflict").expectStatus().isEqualTo(409);
        HttpRulesIT.problem(post("alice", "/api/items", other, "book"), 422, "idempotency-key-reused");
        assertThat(things.runs).hasValue(2);
    }

    @Test
    void anExpiredKeyStillStandsForItsRequestWhereAnIdWasDerivedFromIt() throws SQLException {
        post("book").expectStatus().isCreated();
        execute("update idempotency_keys set expires_at = now() - interval '1 second'");
        HttpRulesIT.problem(post("other"), 422, "idempotency-key-reused");
        cleanUp.round().block();
        HttpRulesIT.problem(post("other"), 422, "idempotency-key-reused");
        assertThat(things.runs).hasValue(1);
        post("book").expectStatus().isCreated().expectHeader().doesNotExist("Idempotency-Replayed");
    }

    /** A catalog is not changed twice, and no event sent once more, because somebody used a key of yesterday. */
    @Test
    void anExpiredKeyStandsForItsRequestForAMonthMoreWhereNoIdWasDerivedFromIt() throws SQLException {
        post("alice", "/api/plain", key, "x").expectStatus().isOk();
        HttpRulesIT.problem(post("alice", "/api/plain", key, "y"), 422, "idempotency-key-reused");
        for (String ago : List.of("1 second", "29 days")) {
            execute("update idempotency_keys set expires_at = now() - interval '" + ago + "'");
            HttpRulesIT.problem(post("alice", "/api/plain", key, "y"), 422, "idempotency-key-reused");
            cleanUp.round().block();
            HttpRulesIT.problem(post("alice", "/api/plain", key, "y"), 422, "idempotency-key-reused");
        }
        assertThat(answers()).as("answers that are kept").isZero();
        assertThat(things.runs).hasValue(1);
        execute("update idempotency_keys set expires_at = now() - interval '31 days'");
        cleanUp.round().block();
        post("alice", "/api/plain", key, "z").expectStatus().isOk();
    }

    private static int answers() throws SQLException {
        try (var connection = DATABASE.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from idempotency_keys where answer is not null and expires_at < now()")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** Its answer may hold what must not rest anywhere. */
    @Test
    void whereNoAnswerIsKeptAKeyStandsForItsRequestAllTheSame() throws SQLException {
        assertThat(body(post("alice", "/api/secrets", key, null).expectStatus().isOk()))
                .isEqualTo("secret 1");
        assertThat(body(post("alice", "/api/secrets", key, null)
                        .expectStatus()
                        .isOk()
                        .expectHeader()
                        .doesNotExist("Idempotency-Replayed")))
                .isEqualTo("secret 2");
        HttpRulesIT.problem(post("alice", "/api/secrets", key, "x"), 422, "idempotency-key-reused");
    }

    @Test
    void aFilterThatAnEndpointDoesNotHaveIsRefusedAndNotPassedOver() {
        HttpRulesIT.problem(get("/api/products?status=active"), 400, "malformed-request");
        HttpRulesIT.problem(get("/api/me?limit=3"), 400, "malformed-request");
        get("/api/products?limit=2").expectStatus().isOk();
        get("/api/me").expectStatus().isOk();
    }

    private WebTestClient.ResponseSpec get(String path) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .build()
                .get()
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .exchange();
    }

    @Test
    void whatIsCleanedUpIsGoneAndNotLookedAtAgain() throws SQLException {
        cleanUp.round().block();
        post("book").expectStatus().isCreated();
        execute("update idempotency_keys set expires_at = now() - interval '1 second'");
        assertThat(cleanUp.round().block()).isPositive();
        assertThat(cleanUp.round().block()).isZero();
    }

    @Test
    void aKeyIsNeededWhereMoneyMoves() {
        HttpRulesIT.problem(
                TestWebClient.to("http://127.0.0.1:" + port)
                        .build()
                        .post()
                        .uri("/api/items")
                        .header("Authorization", "Bearer " + TOKENS.user("alice"))
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue("{\"name\":\"book\",\"amount\":1}")
                        .exchange(),
                400,
                "idempotency-key-missing");
        HttpRulesIT.problem(post("alice", "/api/items", "with space", "book"), 400, "idempotency-key-invalid");
        HttpRulesIT.problem(post("alice", "/api/items", "k".repeat(256), "book"), 400, "idempotency-key-invalid");
        post("alice", "/api/items", "k".repeat(255), "book").expectStatus().isCreated();
    }

    @Test
    void whereItIsOptionalItWorksTheSame() {
        String first = body(post("alice", "/api/free", key, "x").expectStatus().isOk());
        assertThat(body(post("alice", "/api/free", key, "x"))).isEqualTo(first);
    }

    @Test
    void aCrashedRunIsTakenOverAfterItsLease() throws SQLException {
        post("book").expectStatus().isCreated();
        execute("update idempotency_keys set answer = null, lease_until = now() + interval '1 hour'");
        post("book").expectStatus().isEqualTo(409);
        execute("update idempotency_keys set lease_until = now() - interval '1 second'");
        post("book").expectStatus().isCreated().expectHeader().doesNotExist("Idempotency-Replayed");
        assertThat(things.runs).hasValue(2);
    }

    @Test
    void theTableTellsNeitherKeyNorAnswer() throws SQLException {
        post("verysecretname").expectStatus().isCreated();
        try (var connection = DATABASE.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select k::text from idempotency_keys k")) {
            while (rows.next()) {
                assertThat(rows.getString(1))
                        .doesNotContain(key, "alice")
                        .doesNotContain(hex("verysecretname"), hex(key), hex("alice"));
            }
        }
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void execute(String sql) throws SQLException {
        try (var connection = DATABASE.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
