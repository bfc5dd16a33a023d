package io.tillstream.web;

import io.tillstream.web.lease.LeaseHeartbeat;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings that all services have alike; defaults stand in {@code tillstream-web.yml}.
 *
 * @param bodyLimit what a request may carry
 * @param webhookBodyLimit what one of Stripe's deliveries may carry
 * @param bodyMemory what the bodies of all requests that are at work may take of the memory at once: half of it deliveries to the
 *     webhook, half all others; at least twice {@code webhookBodyLimit}, or no delivery of that size could be read
 * @param bodyMemoryPerAddress of each half, what those of one address may take, at the gateway; of deliveries a quarter at most;
 *     at least {@code webhookBodyLimit} too
 * @param bodyTimeout how long a request's body may take to arrive
 * @param writeTimeout how long a client may take to receive a part of an answer; then its connection is closed
 * @param idempotencyKeep how long an answer is kept for its key: 24 hours at least
 * @param idempotencyLease after so long without a sign of life of the instance that works on a key's request, the client's repeat is
 *     run: from 1 s to 15 s
 * @param refusedKeysKeep how long a key that nothing came of, or from which no id was derived, stands for its request after that:
 *     longer than Stripe keeps keys
 * @param shutdownDelay how long requests are still taken after readiness went off, for load balancers to notice
 */
@Validated
@ConfigurationProperties("tillstream.web")
public record WebSettings(
        @Valid @NotNull Oidc oidc,
        @NotEmpty List<String> allowedOrigins,
        @NotNull DataSize bodyLimit,
        @NotNull DataSize webhookBodyLimit,
        @NotNull DataSize bodyMemory,
        @NotNull DataSize bodyMemoryPerAddress,

        @NotNull @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration bodyTimeout,

        @NotNull @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration writeTimeout,

        @NotNull @DurationMin(hours = 24) @DurationMax(days = 366)
        Duration idempotencyKeep,

        @NotNull @DurationMin(seconds = 1) @DurationMax(seconds = 15)
        Duration idempotencyLease,

        @NotNull @DurationMin(days = 2) @DurationMax(days = 3_660)
        Duration refusedKeysKeep,

        @NotNull @DurationMin @DurationMax(minutes = 5) Duration shutdownDelay) {

    private static final DataSize SMALLEST_BODY = DataSize.ofKilobytes(1); // an order of one line

    public WebSettings {
        if (isBelow(bodyLimit, SMALLEST_BODY) || isBelow(webhookBodyLimit, SMALLEST_BODY)) {
            throw new IllegalArgumentException(
                    "tillstream.web.body-limit and tillstream.web.webhook-body-limit are 1KB at least");
        }
        boolean areSet = bodyMemory != null && webhookBodyLimit != null; // before @NotNull names the one that is not
        if (areSet && bodyMemory.toBytes() / 2 < webhookBodyLimit.toBytes()) {
            throw new IllegalArgumentException("BODY_MEMORY is " + webhookBodyLimit.toMegabytes() * 2
                    + "MB at least: half of it has to take one of Stripe's deliveries");
        }
        if (idempotencyLease != null) {
            LeaseHeartbeat.check(idempotencyLease, "IDEMPOTENCY_LEASE");
        }
        if (isBelow(bodyMemoryPerAddress, webhookBodyLimit)) {
            throw new IllegalArgumentException("BODY_MEMORY_PER_ADDRESS is " + webhookBodyLimit.toMegabytes()
                    + "MB at least: it has to take one of Stripe's deliveries");
        }
    }

    private static boolean isBelow(@Nullable DataSize size, @Nullable DataSize least) {
        return size != null && least != null && size.compareTo(least) < 0;
    }

    /** The provider of tokens, and this service's own account there. */
    public record Oidc(
            @NotBlank String issuer,
            @NotBlank String jwksUrl,
            @NotBlank String tokenUrl,
            @NotBlank String audience,
            @NotBlank String clientId,
            @NotBlank String clientSecret) {

        @Override
        public String toString() {
            return "Oidc[issuer=" + issuer + ", clientId=" + clientId + "]"; // never the secret
        }
    }
}
