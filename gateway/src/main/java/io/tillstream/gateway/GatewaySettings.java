package io.tillstream.gateway;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the services are, and what pages and callers are told.
 *
 * @param webClientId as which our pages sign users in at the identity provider
 */
@Validated
@ConfigurationProperties("tillstream.gateway")
public record GatewaySettings(
        @Valid @NotNull Services services,
        @Valid @NotNull Stripe stripe,
        @Valid @NotNull Rates rates,
        @Valid @NotNull Streams streams,
        @NotBlank String identityUrl,
        @NotBlank String webClientId,
        @Valid @NotNull Storefront storefront) {

    /**
     * The shop's pages.
     *
     * @param files where they lie: in a jar of ours, or a folder with pages of one's own
     */
    public record Storefront(boolean enabled, @NotBlank String files) {}

    /** Base URLs; subscriptions may be absent, then its paths are 404. */
    public record Services(
            @NotNull URI order,
            @NotNull URI payment,
            @Nullable URI subscription,
            @NotNull URI ingest) {

        public boolean hasSubscriptions() {
            return subscription != null && !subscription.toString().isBlank();
        }

        /** By name, those that are there. */
        public Map<String, URI> all() {
            Map<String, URI> all = new LinkedHashMap<>();
            all.put("order-service", order);
            all.put("payment-service", payment);
            if (subscription != null && hasSubscriptions()) {
                all.put("subscription-service", subscription);
            }
            all.put("webhook-ingest", ingest);
            return all;
        }
    }

    /** What pages need for Stripe.js; none of it is secret. */
    public record Stripe(
            @NotNull
            @Pattern(
                    regexp = "pk_(live|test)_\\w+",
                    message =
                            "is not a publishable key: set STRIPE_PUBLISHABLE_KEY to one that starts with pk_test_ or pk_live_")
            @DefaultValue("")
            String publishableKey,

            @NotNull URI jsUrl,
            @NotNull URI apiBase,
            @NotBlank String apiVersion) {}

    /**
     * Requests in a second and at once, per user and per address; each instance counts for itself.
     *
     * @param userStripePerSecond of those that ask Stripe: all that change something, and some reads
     * @param inFlight requests that one service is at work on at once, streams apart; more are refused
     * @param inFlightPerUser of these, how many are one user's
     * @param addressHeader the header in which a trusted load balancer tells the client's address; empty: none is trusted
     */
    public record Rates(
            @Min(1) int userPerSecond,
            @Min(1) int userBurst,
            @Min(1) int userStripePerSecond,
            @Min(1) int userStripeBurst,
            @Min(1) int addressPerSecond,
            @Min(1) int addressBurst,
            @Min(1) int inFlight,
            @Min(1) int inFlightPerUser,
            @NotNull @DefaultValue("") String addressHeader) {}

    /**
     * Requests that wait for a settlement, as a stream or not; each instance counts for itself.
     *
     * @param perUser open at once: a person has a few pages open
     * @param perAddress open at once: an office or a mobile network shares one
     * @param longest life of one; browsers open streams again
     */
    public record Streams(
            @Min(1) int perUser,
            @Min(1) int perAddress,

            @NotNull @DurationMin(seconds = 1) @DurationMax(days = 1)
            Duration longest) {}
}
