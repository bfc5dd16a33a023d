package io.tillstream.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class IdentityIT {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path folder;

    @LocalServerPort
    int port;

    private SignIn browser;

    @DynamicPropertySource
    static void keyFolder(DynamicPropertyRegistry properties) {
        properties.add("IDENTITY_KEY_FOLDER", () -> folder.toString());
    }

    @BeforeEach
    void freshBrowser() {
        browser = new SignIn("http://127.0.0.1:" + port);
    }

    @Test
    void aUsersTokenSaysWhoTheyAreAndForWhomItIs() throws Exception {
        String token = browser.token("alice", "openid profile email")
                .path("access_token")
                .asString();

        Map<String, Object> claims = SignIn.claims(token);
        assertThat(claims)
                .containsEntry("sub", "alice")
                .containsEntry("iss", "http://127.0.0.1:9000")
                .containsEntry("email", "alice@example.com")
                .containsEntry("name", "Alice Example");
        assertThat(claims.get("aud")).asInstanceOf(LIST).contains("tillstream");
        assertThat(claims.get("scope")).isEqualTo(List.of("openid", "profile", "email"));
        assertThat(((Date) claims.get("exp")).toInstant()).isAfter(Instant.now().plus(Duration.ofHours(7)));
        assertThat(SignedJWT.parse(token).getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
    }

    @Test
    void anOperatorGetsTheOperatorScope() throws Exception {
        JsonNode answer = browser.token("operator", "openid operator");

        assertThat(answer.path("scope").asString()).contains("operator");
        assertThat(scopes(answer)).contains("operator");
    }

    @Test
    void aliceAskingForTheOperatorScopeIsSignedInWithoutIt() throws Exception {
        JsonNode answer = browser.token("alice", "openid operator");

        assertThat(answer.path("scope").asString()).isEqualTo("openid");
        assertThat(scopes(answer)).containsExactly("openid");
    }

    /** Whoever may call the API may sign its users in: the gateway's own pages, and those of the two usual tools. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8080",
                "http://127.0.0.1:8080",
                "http://localhost:3000",
                "http://127.0.0.1:3000",
                "http://localhost:5173",
                "http://127.0.0.1:5173",
            })
    void aPageOfAnAllowedOriginSignsInAndFetchesTheToken(String origin) throws Exception {
        for (String page : List.of("/", "/callback", "/callback.html")) {
            assertThat(browser.authorize("alice", "openid", origin + page).toString())
                    .startsWith(origin + page + "?code=");
        }
        assertThat(browser.mayFetch("/oauth2/token", origin)).isTrue();
    }

    @Test
    void aPageOfAnotherOriginDoesNeither() throws Exception {
        assertThat(browser.statusOfAuthorize("http://localhost:4000/")).isEqualTo(400);
        assertThat(browser.mayFetch("/oauth2/token", "http://localhost:4000")).isFalse();
    }

    @Test
    void itsRootIsAPageAlsoAfterASignInThatLeadsNowhereElse() throws Exception {
        URI root = URI.create("http://127.0.0.1:" + port + "/");
        assertThat(browser.get(root).statusCode()).isEqualTo(200);
        assertThat(browser.get(root).body()).contains("Nobody is signed in");

        assertThat(browser.login("alice", "alice-password").headers().firstValue("Location"))
                .hasValueSatisfying(location -> assertThat(location).endsWith(":" + port + "/"));
        assertThat(browser.get(root).body()).contains("You are signed in as alice");
    }

    @Test
    void aSignInWithoutProofKeyIsRefused() throws Exception {
        URI end = browser.authorize("alice", "openid", false);

        assertThat(end.getQuery()).contains("error=invalid_request").doesNotContain("code=");
    }

    @Test
    void aWrongPasswordLeadsBackToTheForm() throws Exception {
        assertThat(browser.login("alice", "wrong").headers().firstValue("Location"))
                .hasValueSatisfying(location -> assertThat(location).endsWith("/login?error"));
    }

    @Test
    void aServiceGetsATokenForInternalCalls() throws Exception {
        Map<String, String> form = Map.of("grant_type", "client_credentials", "scope", "internal");

        JsonNode answer = JSON.readTree(browser.post("/oauth2/token", form, "order-service:local-order-service-secret")
                .body());

        Map<String, Object> claims = SignIn.claims(answer.path("access_token").asString());
        assertThat(claims).containsEntry("sub", "order-service").containsEntry("scope", List.of("internal"));
        assertThat(claims.get("aud")).asInstanceOf(LIST).contains("tillstream");
        assertThat(claims).doesNotContainKey("email");
    }

    @Test
    void aCollectorOfMetricsGetsATokenForThemAndForNothingElse() throws Exception {
        String secret = "prometheus:local-prometheus-secret";
        Map<String, String> form = Map.of("grant_type", "client_credentials", "scope", "metrics");

        JsonNode answer =
                JSON.readTree(browser.post("/oauth2/token", form, secret).body());

        assertThat(SignIn.claims(answer.path("access_token").asString())).containsEntry("scope", List.of("metrics"));
        Map<String, String> more = Map.of("grant_type", "client_credentials", "scope", "internal");
        assertThat(browser.post("/oauth2/token", more, secret).statusCode()).isEqualTo(400);
    }

    /** A token without a scope is a user's: a program's that asked for none would place orders. */
    @ParameterizedTest
    @CsvSource({"prometheus:local-prometheus-secret,metrics", "order-service:local-order-service-secret,internal"})
    void aProgramThatAsksForNoScopeIsStillNoUser(String secret, String scope) throws Exception {
        Map<String, String> form = Map.of("grant_type", "client_credentials");

        JsonNode answer =
                JSON.readTree(browser.post("/oauth2/token", form, secret).body());

        assertThat(SignIn.claims(answer.path("access_token").asString())).containsEntry("scope", List.of(scope));
    }

    @Test
    void aServiceWithAWrongSecretGetsNothing() throws Exception {
        Map<String, String> form = Map.of("grant_type", "client_credentials", "scope", "internal");

        assertThat(browser.post("/oauth2/token", form, "order-service:wrong").statusCode())
                .isEqualTo(401);
    }

    @Test
    void aServiceCannotAskForTheOperatorScope() throws Exception {
        Map<String, String> form = Map.of("grant_type", "client_credentials", "scope", "operator");

        var answer = browser.post("/oauth2/token", form, "gateway:local-gateway-secret");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("invalid_scope");
    }

    @Test
    void healthAndReadinessAreOpen() throws Exception {
        String base = "http://127.0.0.1:" + port;
        assertThat(browser.get(URI.create(base + "/actuator/health")).statusCode())
                .isEqualTo(200);
        assertThat(browser.get(URI.create(base + "/actuator/health/readiness")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void theSigningKeyIsTheSameAtTheNextStart() {
        assertThat(SigningKey.in(folder.toString())).isEqualTo(SigningKey.in(folder.toString()));
        assertThat(SigningKey.in(null)).isNotEqualTo(SigningKey.in(folder.toString()));
    }

    private static List<Object> scopes(JsonNode answer) throws Exception {
        Map<String, Object> claims = SignIn.claims(answer.path("access_token").asString());
        return new ArrayList<>((List<?>) claims.get("scope"));
    }
}
