package io.tillstream.web.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import reactor.core.publisher.Mono;

class RememberedTokensTest {

    private static final Duration WAIT = Duration.ofSeconds(5);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Instant expires = now.plusSeconds(600);
    private final AtomicInteger verified = new AtomicInteger();
    private final RememberedTokens tokens = new RememberedTokens(this::verify, new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    private Mono<Jwt> verify(String token) {
        verified.incrementAndGet();
        return token.startsWith("bad")
                ? Mono.error(new BadJwtException("bad"))
                : Mono.just(Jwt.withTokenValue(token)
                        .header("alg", "RS256")
                        .subject(token)
                        .issuedAt(now.minusSeconds(1))
                        .expiresAt(expires)
                        .build());
    }

    private String subject(String token) {
        return tokens.decode(token).map(Jwt::getSubject).block(WAIT);
    }

    @Test
    void theSameTokenIsVerifiedOnce() {
        for (int i = 0; i < 10; i++) {
            assertThat(subject("alice")).isEqualTo("alice");
        }
        assertThat(subject("bob")).isEqualTo("bob");
        assertThat(verified).hasValue(2);
    }

    @Test
    void aTokenThatHasExpiredIsVerifiedAgain() {
        expires = now.plusSeconds(10);
        assertThat(subject("alice")).isEqualTo("alice");
        now = expires;
        assertThat(subject("alice")).isEqualTo("alice");
        assertThat(verified).hasValue(2);
    }

    @Test
    void aTokenIsNotRememberedLongerThanAWithdrawnKeyMayLast() {
        assertThat(subject("alice")).isEqualTo("alice");
        now = now.plus(Duration.ofMinutes(1));
        assertThat(subject("alice")).isEqualTo("alice");
        assertThat(verified).hasValue(2);
    }

    @Test
    void whatWasRefusedIsNotRemembered() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> subject("bad")).isInstanceOf(BadJwtException.class);
        }
        assertThat(verified).hasValue(2);
    }

    @Test
    void manyTokensDoNotFillTheMemory() {
        for (int i = 0; i < 3_000; i++) {
            assertThat(subject("user-" + i)).isEqualTo("user-" + i);
        }
        assertThat(subject("user-2999")).isEqualTo("user-2999");
        assertThat(verified).hasValue(3_000);
        assertThat(subject("user-0")).isEqualTo("user-0");
        assertThat(verified).hasValue(3_001);
    }
}
