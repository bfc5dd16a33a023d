package io.tillstream.web.access;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.tillstream.web.Problem;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The token provider's public keys. Spring's own source keeps a key for ever and asks again for every unknown key id,
 * which lets anyone make us call the provider; here both have limits.
 */
final class JwksKeys implements Function<SignedJWT, Flux<JWK>> {

    private static final Duration FRESH = Duration.ofMinutes(5); // a key that was withdrawn is refused after this
    private static final Duration USABLE = Duration.ofHours(1); // tokens are still checked while the provider is down
    private static final Duration PAUSE = Duration.ofSeconds(10); // between two askings, whatever the key ids say
    private static final Duration WAIT = Duration.ofSeconds(2); // for an answer; a request must not hang on it

    private record Known(JWKSet keys, Instant since) {}

    private final WebClient web;
    private final String url;
    private final Clock clock;
    private final AtomicReference<@Nullable Known> known = new AtomicReference<>();
    private volatile Instant askedAt = Instant.EPOCH;
    private final AtomicReference<@Nullable Mono<Known>> asking = new AtomicReference<>();

    JwksKeys(WebClient web, String url, Clock clock) {
        this.web = web;
        this.url = url;
        this.clock = clock;
    }

    @Override
    public Flux<JWK> apply(SignedJWT token) {
        JWKMatcher matcher = JWKMatcher.forJWSHeader(token.getHeader());
        if (matcher == null) {
            return Flux.empty();
        }
        JWKSelector wanted = new JWKSelector(matcher);
        return Mono.defer(() -> keysFor(wanted)).flatMapIterable(wanted::select);
    }

    private Mono<JWKSet> keysFor(JWKSelector wanted) {
        Known now = known.get();
        if (now == null) {
            return ask().map(Known::keys);
        }
        boolean has = !wanted.select(now.keys()).isEmpty();
        if (has && age(now).compareTo(FRESH) < 0) {
            return Mono.just(now.keys());
        }
        return ask().onErrorResume(e -> age(now).compareTo(USABLE) < 0 ? Mono.just(now) : Mono.error(e))
                .map(Known::keys);
    }

    /** One asking at a time, shared by all who wait, and never sooner than {@link #PAUSE} after the last. */
    private Mono<Known> ask() {
        Mono<Known> running = asking.get();
        if (running != null) {
            return running;
        }
        Instant last = askedAt;
        Instant now = clock.instant();
        Known have = known.get();
        if (now.isBefore(last.plus(PAUSE)) && have != null) {
            return age(have).compareTo(USABLE) < 0 ? Mono.just(have) : unavailable(new IllegalStateException("asked"));
        }
        Mono<Known> fresh =
                Mono.defer(this::fetch).doOnTerminate(() -> asking.set(null)).cache();
        if (asking.compareAndSet(null, fresh)) {
            askedAt = now;
            return fresh;
        }
        Mono<Known> other = asking.get();
        return other != null ? other : fresh;
    }

    private Mono<Known> fetch() {
        return web.get()
                .uri(url)
                .retrieve()
                .bodyToMono(String.class)
                .timeout(WAIT)
                .map(this::read)
                .doOnNext(known::set)
                .onErrorResume(JwksKeys::unavailable);
    }

    private Known read(String body) {
        try {
            JWKSet keys = JWKSet.parse(body);
            List<JWK> publicOnly = keys.toPublicJWKSet().getKeys();
            return new Known(new JWKSet(publicOnly), clock.instant());
        } catch (ParseException e) {
            throw new IllegalStateException("Not a JWK set at " + url, e);
        }
    }

    private Duration age(Known now) {
        return Duration.between(now.since(), clock.instant());
    }

    private static <T> Mono<T> unavailable(Throwable cause) {
        return Mono.error(Problem.unavailable("Tokens cannot be checked now.", Duration.ofSeconds(5))
                .causedBy(cause));
    }
}
