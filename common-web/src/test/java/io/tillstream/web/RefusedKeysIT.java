package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestPostgres;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import io.tillstream.web.example.TestService;
import io.tillstream.web.idempotency.IdempotencyCleanUp;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Sinks;

/** A key that nothing came of ends; one that paid, or may have, stands for its cart for ever. */
@SpringBootTest(
        classes = TestService.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.application.name=test-service", "tillstream.web.shutdown-delay=0s"})
class RefusedKeysIT {

    private static final TestTokens TOKENS = TestTokens.shared();
    private static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();
    private static final Duration WAIT = Duration.ofSeconds(60);

    @Autowired
    TestService.Things things;

    @Autowired
    IdempotencyCleanUp cleanUp;

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

    private WebTestClient.ResponseSpec post(String path, String name) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(WAIT)
                .build()
                .post()
                .uri(path)
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"name\":\"" + name + "\",\"amount\":1}")
                .exchange();
    }

    private WebTestClient.ResponseSpec post(String name) {
        return post("/api/items", name);
    }

    private void daysGoBy(int days) {
        execute("update idempotency_keys set expires_at = expires_at - interval '" + days + " days'");
        cleanUp.round().block(WAIT);
    }

    private static void execute(String sql) {
        try (var connection = DATABASE.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private boolean isThere() {
        try (var connection = DATABASE.connect();
                var statement = connection.prepareStatement("select 1 from idempotency_keys where derived_id = ?")) {
            statement.setObject(
                    1, IdempotencyKey.of("alice", "POST /api/items", key).id());
            return statement.executeQuery().next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void standsForItsRequest() {
        HttpRulesIT.problem(post("another"), 422, "idempotency-key-reused");
        assertThat(isThere()).isTrue();
    }

    /** Else whoever sends nonsense under new keys fills the table for ever. */
    @Test
    void aKeyThatNothingCameOfEndsThirtyDaysAfterItExpired() {
        post("conflict").expectStatus().isEqualTo(409);
        post("conflict").expectStatus().isEqualTo(409);
        daysGoBy(30);
        standsForItsRequest();
        daysGoBy(2);
        assertThat(isThere()).isFalse();
        post("another").expectStatus().isCreated();
    }

    /** Else the key of an order that is there, and that can be paid, would come to mean another cart. */
    @Test
    void aKeyIsNeverForgottenBeforeWhatHasItsId() {
        post("conflict").expectStatus().isEqualTo(409);
        execute("insert into test_items values ('"
                + IdempotencyKey.of("alice", "POST /api/items", key).id() + "')");
        daysGoBy(32);
        standsForItsRequest();
        daysGoBy(1_000);
        standsForItsRequest();
        assertThat(cleanUp.round().block(WAIT)).as("it is not looked at again").isZero();
    }

    /** What it did nobody knows: Stripe may have the money. */
    @Test
    void aKeyOfWhichOneRunFailedIsKeptThoughTheOthersWereRefused() {
        post("broken once").expectStatus().isEqualTo(500);
        post("broken once").expectStatus().isEqualTo(409);
        daysGoBy(1_000);
        standsForItsRequest();
    }

    @ParameterizedTest
    @ValueSource(strings = {"book", "declined", "broken"})
    void aKeyThatSomethingCameOfIsKept(String name) {
        post(name);
        daysGoBy(1_000);
        standsForItsRequest();
    }

    /** The run that lost its key goes on somewhere, and tells nobody what it did. */
    @Test
    void aKeyThatWasTakenOverFromARunIsKept() {
        var first = CompletableFuture.runAsync(() -> post("slow conflict"));
        await().atMost(WAIT).until(() -> things.runs.get() == 1);
        execute("update idempotency_keys set lease_until = now() - interval '1 second'");
        var second = CompletableFuture.runAsync(() -> post("slow conflict"));
        await().atMost(WAIT).until(() -> things.runs.get() == 2);
        things.gate.tryEmitEmpty();
        CompletableFuture.allOf(first, second).join();
        daysGoBy(1_000);
        standsForItsRequest();
    }

    @Test
    void aKeyIsNotForgottenWhileItIsAtWork() {
        post("conflict").expectStatus().isEqualTo(409);
        execute("update idempotency_keys set expires_at = now() - interval '1000 days'");
        things.runs.set(0);
        post("conflict").expectStatus().isEqualTo(409); // begins its days anew
        cleanUp.round().block(WAIT);
        standsForItsRequest();
    }

    /** The id is nowhere but in Stripe's own keys, which are forgotten long before. */
    @Test
    void whereOnlyStripeWasCalledARefusedKeyEndsToo() {
        post("/api/free", "conflict").expectStatus().isEqualTo(409);
        daysGoBy(30);
        HttpRulesIT.problem(post("/api/free", "x"), 422, "idempotency-key-reused");
        daysGoBy(2);
        post("/api/free", "x").expectStatus().isOk();
        daysGoBy(1_000);
        HttpRulesIT.problem(post("/api/free", "y"), 422, "idempotency-key-reused");
    }
}
