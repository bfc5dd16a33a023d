package io.tillstream.payment.webhookendpoint;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Our webhook endpoint at Stripe.
 *
 * @param publicUrl where Stripe reaches webhook-ingest; empty where nobody says, and nothing is checked then
 * @param checkEvery how often Stripe is asked for it after the start; it changes only by a person's hand
 */
@Validated
@ConfigurationProperties("tillstream.webhook-endpoint")
record WebhookEndpointSettings(
        @NotNull
        @Pattern(
                regexp = "(https?://\\S+)?",
                message = "is not a URL: set WEBHOOK_PUBLIC_URL as https://shop.example.com/webhooks/stripe")
        @DefaultValue("")
        String publicUrl,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("15m")
        Duration checkEvery) {

    boolean isConfigured() {
        return !publicUrl.isEmpty();
    }
}
