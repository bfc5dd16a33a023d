package io.tillstream.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A provider of access tokens for tests: a key, its JWKS address, and a token address for services. */
public final class TestTokens implements AutoCloseable {

    private static final TestTokens SHARED = new TestTokens();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RSAKey key = newKey();
    private final HttpServer server;
    private final AtomicInteger keysAsked = new AtomicInteger();
    private final AtomicInteger tokensAsked = new AtomicInteger();

    public TestTokens() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/oauth2/jwks", exchange -> {
            keysAsked.incrementAndGet();
            answer(exchange, new JWKSet(key.toPublicJWK()).toString());
        });
        server.createContext("/oauth2/token", exchange -> {
            tokensAsked.incrementAndGet();
            answer(
                    exchange,
                    "{\"access_token\":\"" + service("order-service")
                            + "\",\"token_type\":\"Bearer\",\"expires_in\":300}");
        });
        server.start();
    }

    /** One for all tests of the JVM. */
    public static TestTokens shared() {
        return SHARED;
    }

    public String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The setting that makes a service trust these tokens. */
    public String setting() {
        return "OIDC_ISSUER=" + issuer();
    }

    public String user(String userId) {
        return token(claims -> claims.subject(userId));
    }

    public String operator() {
        return token(claims -> claims.subject("operator").claim("scope", "openid operator"));
    }

    /** A token of a service for calls among services. */
    public String service(String name) {
        return token(claims -> claims.subject(name).claim("scope", "internal"));
    }

    /** A token with other claims than usual. */
    public String token(UnaryOperator<JWTClaimsSet.Builder> change) {
        return signed(key, change);
    }

    /** A token signed by a key that nobody knows. */
    public String forged(String userId) {
        return signed(UnknownKey.VALUE, claims -> claims.subject(userId));
    }

    /**
     * Returns when the service has the keys. It waits 2 s for them, the first time on a busy machine in vain, and answers 503.
     *
     * @param url of something that needs a token
     */
    public void awaitKeysAt(String url) {
        WebTestClient service = TestWebClient.to(url).build();
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .until(() -> service.get()
                                .header("Authorization", "Bearer " + user("first"))
                                .exchange()
                                .returnResult(Void.class)
                                .getStatus()
                        != HttpStatus.SERVICE_UNAVAILABLE);
    }

    public int keysAsked() {
        return keysAsked.get();
    }

    public int tokensAsked() {
        return tokensAsked.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private String signed(RSAKey by, UnaryOperator<JWTClaimsSet.Builder> change) {
        Instant now = Instant.now();
        JWTClaimsSet claims = change.apply(new JWTClaimsSet.Builder()
                        .issuer(issuer())
                        .audience(List.of("tillstream"))
                        .claim("scope", "openid profile email")
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plusSeconds(300))))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(by.getKeyID()).build(), claims);
        try {
            token.sign(new RSASSASigner(by));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static final class UnknownKey {
        static final RSAKey VALUE = newKey();
    }
}
