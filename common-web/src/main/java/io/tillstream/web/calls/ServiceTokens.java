package io.tillstream.web.calls;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tillstream.web.Caller;
import io.tillstream.web.Problem;
import io.tillstream.web.WebSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/**
 * This service's own access token (client credentials, scope {@code internal}), kept until shortly before it expires and
 * asked for once, however many calls need it at the same moment.
 */
public final class ServiceTokens {

    private static final Duration EARLY =
            Duration.ofSeconds(30); // the callee's clock may be ahead, the call takes time
    private static final Duration WAIT = Duration.ofSeconds(3);

    private record Token(String value, Instant until) {}

    private record Answer(
            @JsonProperty("access_token") String accessToken,
            @JsonProperty("expires_in") long expiresIn) {}

    private final WebClient web;
    private final WebSettings.Oidc oidc;
    private final Clock clock;
    private final AtomicReference<@Nullable Token> known = new AtomicReference<>();
    private final AtomicReference<@Nullable Mono<Token>> asking = new AtomicReference<>();

    public ServiceTokens(WebClient web, WebSettings.Oidc oidc, Clock clock) {
        this.web = web;
        this.oidc = oidc;
        this.clock = clock;
    }

    /** Fails with {@link Problem} 503 if the provider does not answer. */
    public Mono<String> token() {
        return Mono.defer(() -> {
            Token token = known.get();
            return token != null && isUsable(token) ? Mono.just(token.value()) : ask().map(Token::value);
        });
    }

    /** The callee refused the token: the next call asks for a new one. */
    void refused(String value) {
        known.updateAndGet(token -> token != null && token.value().equals(value) ? null : token);
    }

    /** The mark is taken away before anyone gets the answer: who asks after that must not be given it again. */
    private Mono<Token> ask() {
        Mono<Token> fresh = Mono.defer(() -> {
                    Token token = known.get(); // another asking may have ended between the caller's look and the mark
                    return token != null && isUsable(token) ? Mono.just(token) : fetch();
                })
                .doOnTerminate(() -> asking.set(null))
                .cache();
        Mono<Token> running = asking.compareAndExchange(null, fresh);
        return running == null ? fresh : running;
    }

    private boolean isUsable(Token token) {
        return clock.instant().isBefore(token.until());
    }

    private Mono<Token> fetch() {
        return web.post()
                .uri(oidc.tokenUrl())
                .headers(headers -> headers.setBasicAuth(oidc.clientId(), oidc.clientSecret()))
                .body(BodyInserters.fromFormData("grant_type", "client_credentials")
                        .with("scope", Caller.INTERNAL))
                .retrieve()
                .bodyToMono(Answer.class)
                .timeout(WAIT)
                .map(this::keep)
                .onErrorMap(e -> Problem.unavailable("No service token now.", Duration.ofSeconds(5))
                        .causedBy(e));
    }

    private Token keep(Answer answer) {
        Duration life = Duration.ofSeconds(Math.max(1, answer.expiresIn() - EARLY.toSeconds()));
        Token token = new Token(answer.accessToken(), clock.instant().plus(life));
        known.set(token);
        return token;
    }
}
