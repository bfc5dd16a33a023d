package io.tillstream.web.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import reactor.core.publisher.Mono;

/**
 * Verifies a token once and remembers it for a while: the same token comes with each request of a user, and with each call
 * of a service. Only what was found good is remembered, under its hash, and never beyond the moment at which it expires.
 */
final class RememberedTokens implements ReactiveJwtDecoder {

    /** A key that is withdrawn at the provider is refused that much later. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** A few KiB each; beyond it the one that was used longest ago is verified again. */
    private static final int MOST = 2_000;

    private record Remembered(Jwt token, Instant until) {}

    private final ReactiveJwtDecoder decoder;
    private final Clock clock;
    private final Map<String, Remembered> byHash = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > MOST;
        }
    };

    RememberedTokens(ReactiveJwtDecoder decoder, Clock clock) {
        this.decoder = decoder;
        this.clock = clock;
    }

    @Override
    public Mono<Jwt> decode(String token) {
        String hash = hash(token);
        Jwt known = known(hash);
        return known != null ? Mono.just(known) : decoder.decode(token).doOnNext(good -> remember(hash, good));
    }

    private @Nullable Jwt known(String hash) {
        synchronized (byHash) {
            Remembered found = byHash.get(hash);
            if (found != null && !clock.instant().isBefore(found.until())) {
                byHash.remove(hash);
                return null;
            }
            return found == null ? null : found.token();
        }
    }

    private void remember(String hash, Jwt good) {
        Instant soon = clock.instant().plus(LONGEST);
        Instant expires = good.getExpiresAt();
        synchronized (byHash) {
            byHash.put(hash, new Remembered(good, expires != null && expires.isBefore(soon) ? expires : soon));
        }
    }

    private static String hash(String token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
