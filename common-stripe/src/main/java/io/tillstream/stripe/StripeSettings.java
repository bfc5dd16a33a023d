package io.tillstream.stripe;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where Stripe is and who we are there. The mode is not a setting of its own: it follows from the key, so that the two
 * can never differ.
 *
 * @param readTimeout how long an answer may take; what comes later is unknown until Stripe is asked again
 * @param callsPerSecond of each kind, reads and writes: Stripe allows 25 in test mode and 100 live, and other users of
 *     the account share them
 * @param retryFirst the longest rest before a call is tried a second time, doubled with each try: the rest is drawn by lot,
 *     so that many callers do not come back at once
 * @param probeEvery while Stripe does not answer, how often it is asked whether it does again
 * @param environment one name per installation on a Stripe account; it keeps idempotency keys and metadata apart
 */
@Validated
@ConfigurationProperties("tillstream.stripe")
public record StripeSettings(
        @NotNull @DefaultValue("https://api.stripe.com") URI apiBase,

        @NotNull
        @Pattern(
                regexp = "(sk|rk)_(live|test)_\\w+",
                message = "is not a secret key: set STRIPE_SECRET_KEY to one that starts with"
                        + " sk_test_, sk_live_, rk_test_ or rk_live_")
        @DefaultValue("")
        String secretKey,

        @NotBlank @Pattern(regexp = "[a-z0-9-]{1,40}") @DefaultValue("local")
        String environment,

        @NotNull @DurationMin(millis = 1) @DurationMax(minutes = 1) @DefaultValue("3s")
        Duration connectTimeout,

        @NotNull @DurationMin(millis = 1) @DurationMax(minutes = 5) @DefaultValue("30s")
        Duration readTimeout,

        @Min(1) @DefaultValue("20") int callsPerSecond,

        @NotNull @DurationMin(millis = 1) @DurationMax(minutes = 1) @DefaultValue("500ms")
        Duration retryFirst,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("5s")
        Duration probeEvery) {

    /** Whether the key moves real money; events of the other mode are not ours. */
    public boolean livemode() {
        return secretKey.startsWith("sk_live_") || secretKey.startsWith("rk_live_");
    }

    @Override
    public String toString() {
        return "StripeSettings[apiBase=" + apiBase + ", environment=" + environment + ", livemode=" + livemode() + "]";
    }
}
