package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.testing.TestPostgres;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import io.tillstream.web.example.TestService;
import io.tillstream.web.idempotency.KeptAnswer;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
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

/** One order is one endpoint for a key, however its id is written: else one key pays it as often as it can be written. */
@SpringBootTest(
        classes = TestService.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.application.name=test-service", "tillstream.web.shutdown-delay=0s"})
class KeySpellingIT {

    private static final TestTokens TOKENS = TestTokens.shared();
    private static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();
    private static final String ID = "0abcdef0-0bcd-4ef0-8bcd-0abcdef01234";

    @Autowired
    TestService.Things things;

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
    void nothingHasRun() {
        things.runs.set(0);
    }

    private WebTestClient.ResponseSpec post(String path, String name) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(Duration.ofSeconds(60))
                .build()
                .post()
                .uri(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"name\":\"" + name + "\"}")
                .exchange();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0ABCDEF0-0BCD-4EF0-8BCD-0ABCDEF01234",
                "0abcdef0-0bcd-4ef0-8bcd-0aBCDEf01234",
                "abcdef0-bcd-4ef0-8bcd-abcdef01234"
            })
    void theSameIdInOtherLettersIsTheSameRequest(String spelling) {
        String first = IdempotencyIT.body(
                post("/api/items/" + ID + "/parts", "a").expectStatus().isOk());

        WebTestClient.ResponseSpec again = post("/api/items/" + spelling + "/parts", "a");

        assertThat(IdempotencyIT.body(again)).isEqualTo(first);
        assertThat(things.runs).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00abcdef0-0bcd-4ef0-8bcd-0abcdef01234",
                "%30abcdef0-0bcd-4ef0-8bcd-0abcdef01234",
                "0abcdef0-0bcd-4ef0-8bcd-0abcdef01234;v=2",
                "0abcdef0-0bcd-4ef0-8bcd-0abcdef01234%20"
            })
    void noStrangerSpellingIsRunAgain(String spelling) {
        post("/api/items/" + ID + "/parts", "a").expectStatus().isOk();

        var unused = post("/api/items/" + spelling + "/parts", "a");

        assertThat(things.runs).hasValue(1);
    }

    @Test
    void theSameIdInCapitalsWithAnotherBodyIsRefused() {
        post("/api/items/" + ID + "/parts", "a").expectStatus().isOk();
        HttpRulesIT.problem(
                post("/api/items/" + ID.toUpperCase(Locale.ROOT) + "/parts", "b"), 422, "idempotency-key-reused");
        assertThat(things.runs).hasValue(1);
    }

    /** Sent before an upgrade to the release that reads the id, and repeated after it: a refund of a part, say. */
    @Test
    void aRequestInCapitalsThatAnOlderReleaseRanIsNotRunAgain() {
        String path = "/api/items/" + ID.toUpperCase(Locale.ROOT) + "/parts";
        KeptAnswer.put(DATABASE, "alice", "POST " + path, key, "{\"name\":\"a\"}", "\"as it was\"");

        WebTestClient.ResponseSpec again = post(path, "a");

        assertThat(IdempotencyIT.body(again)).isEqualTo("\"as it was\"");
        assertThat(things.runs).hasValue(0);
        HttpRulesIT.problem(post(path, "b"), 422, "idempotency-key-reused");
    }

    /** Stripe's ids are apart by their capitals. */
    @Test
    void anIdOfStripesInOtherLettersIsAnotherOne() {
        post("/api/names/in_1abc/parts", "a").expectStatus().isOk();
        post("/api/names/in_1ABC/parts", "a")
                .expectStatus()
                .isOk()
                .expectHeader()
                .doesNotExist("Idempotency-Replayed");
        assertThat(things.runs).hasValue(2);
    }

    /** What is asked for in the query is part of the request. */
    @Test
    void anotherQueryWithTheSameKeyIsRefusedAndNotAnsweredWithTheFirst() {
        post("/api/items/" + ID + "/parts?color=red", "a").expectStatus().isOk();
        HttpRulesIT.problem(post("/api/items/" + ID + "/parts?color=blue", "a"), 422, "idempotency-key-reused");
        HttpRulesIT.problem(post("/api/items/" + ID + "/parts", "a"), 422, "idempotency-key-reused");
        post("/api/items/" + ID + "/parts?color=red", "a")
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Idempotency-Replayed", "true");
        assertThat(things.runs).hasValue(1);
    }
}
