package io.tillstream.web.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** The provider changes its signing key while people are signed in: nobody is thrown out, and the old one ends. */
class JwksKeysTest {
    private static final RSAKey FORMER = key("former");
    private static final RSAKey NEXT = key("next");

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private List<JWK> published = List.of(FORMER);
    private int asked;

    private final JwksKeys keys = new JwksKeys(
            WebClient.builder().exchangeFunction(request -> answer()).build(),
            "http://provider/jwks",
            ((InstantSource) () -> now).withZone(ZoneOffset.UTC));

    @Test
    void tokensOfBothKeysAreTakenWhileTheProviderPublishesBoth() {
        assertThat(knows(FORMER)).isTrue();
        published = List.of(FORMER, NEXT);
        pass(Duration.ofSeconds(10));

        assertThat(knows(NEXT)).isTrue();
        assertThat(knows(FORMER)).isTrue();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aKeyThatIsPublishedFiveMinutesBeforeItSignsIsKnownToEveryServiceByThen() {
        assertThat(knows(FORMER)).isTrue();
        published = List.of(FORMER, NEXT);
        pass(Duration.ofMinutes(5));
        assertThat(knows(FORMER)).isTrue();
        published = List.of();

        assertThat(knows(NEXT)).isTrue();
    }

    @Test
    void aKeyThatIsWithdrawnIsRefusedAfterFiveMinutes() {
        assertThat(knows(FORMER)).isTrue();
        published = List.of(NEXT);
        pass(Duration.ofMinutes(5));

        assertThat(knows(FORMER)).isFalse();
        assertThat(knows(NEXT)).isTrue();
    }

    /** Anybody can name a key that is not there: that must not become as many questions to the provider. */
    @Test
    void forAKeyThatNobodyKnowsTheProviderIsAskedOnceInTenSeconds() {
        assertThat(knows(FORMER)).isTrue();
        for (int second = 0; second < 20; second++) {
            assertThat(knows(NEXT)).isFalse();
            pass(Duration.ofSeconds(1));
        }

        assertThat(asked).isLessThanOrEqualTo(3);
    }

    private boolean knows(RSAKey key) {
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build();
        List<JWK> found = keys.apply(new SignedJWT(header, new JWTClaimsSet.Builder().build()))
                .collectList()
                .block(Duration.ofSeconds(5));
        return found != null && !found.isEmpty();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private Mono<ClientResponse> answer() {
        asked++;
        return Mono.just(ClientResponse.create(HttpStatus.OK)
                .body(new JWKSet(published).toString())
                .build());
    }

    private static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (com.nimbusds.jose.JOSEException cause) {
            throw new IllegalStateException(cause);
        }
    }
}
