package io.tillstream.web.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestTokens;
import io.tillstream.web.Problem;
import io.tillstream.web.WebSettings;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

class ServiceTokensTest {

    private static final TestTokens PROVIDER = new TestTokens();
    private static final Duration WAIT = Duration.ofSeconds(60);

    /** What a first token loads is there: a busy machine takes longer for that than the provider is waited for. */
    @BeforeAll
    static void theProviderHasAnswered() {
        ServiceTokens tokens = tokens(PROVIDER.issuer() + "/oauth2/token");
        await().ignoreExceptions()
                .pollDelay(Duration.ZERO)
                .until(() -> tokens.token().block(WAIT) != null);
    }

    @AfterAll
    static void end() {
        PROVIDER.close();
    }

    private static ServiceTokens tokens(String url) {
        var oidc = new WebSettings.Oidc(PROVIDER.issuer(), "unused", url, "tillstream", "order-service", "secret");
        return new ServiceTokens(WebClient.create(), oidc, Clock.systemUTC());
    }

    @Test
    void manyCallsAtOnceAskOnceAndAgainOnlyAfterARefusal() {
        ServiceTokens tokens = tokens(PROVIDER.issuer() + "/oauth2/token");
        int before = PROVIDER.tokensAsked();
        String token = Flux.range(0, 50).flatMap(i -> tokens.token(), 50).blockLast(WAIT);
        assertThat(token).isNotNull();
        assertThat(tokens.token().block(WAIT)).isEqualTo(token);
        assertThat(PROVIDER.tokensAsked() - before).isEqualTo(1);
        tokens.refused(token);
        tokens.token().block(WAIT);
        assertThat(PROVIDER.tokensAsked() - before).isEqualTo(2);
    }

    @Test
    void withoutTheProviderACallIs503() {
        assertThatThrownBy(
                        () -> tokens("http://127.0.0.1:1/oauth2/token").token().block(WAIT))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(503));
    }
}
