package io.tillstream.ingest;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How events come in and where they are kept.
 *
 * @param previousWebhookSecret still accepted while Stripe rolls the secret over; may be empty
 * @param prefix stands before the topic on Kafka, so that environments can share a cluster; may be empty
 * @param keepWithin how long Stripe waits for Kafka to confirm; then it is told to send the event again, and its Checkout
 *     holds the buyer no longer
 * @param missedEventsEvery how often Stripe is asked for events whose delivery failed
 * @param missedEventsMargin how old such an event is at least, by our clock: the first delivery of a fresher one is perhaps
 *     under way. At 0 no age is asked for: an event is fetched even if Stripe's clock is ahead of ours
 */
@Validated
@ConfigurationProperties("tillstream.ingest")
public record IngestSettings(
        @NotNull
        @Pattern(
                regexp = "whsec_\\S+",
                message =
                        "is not a webhook signing secret: set STRIPE_WEBHOOK_SECRET to the one that starts with whsec_")
        @DefaultValue("")
        String webhookSecret,

        @NotNull @Pattern(regexp = "(whsec_\\S+)?", message = "is not a webhook signing secret") @DefaultValue("")
        String previousWebhookSecret,

        @NotNull
        @Pattern(
                regexp = "[a-zA-Z0-9._-]{0,100}",
                message = "has letters, digits, '.', '_' and '-' only, 100 at most: set KAFKA_PREFIX so")
        @DefaultValue("")
        String prefix,

        @Min(1) int partitions,
        @Min(1) int replicationFactor,
        @Min(1) int minInsyncReplicas,

        @NotNull @DurationMin(millis = 1) @DurationMax(minutes = 1) @DefaultValue("3s")
        Duration keepWithin,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("5m")
        Duration missedEventsEvery,

        @NotNull @DurationMin @DurationMax(days = 1) @DefaultValue("1m")
        Duration missedEventsMargin) {

    public List<String> webhookSecrets() {
        return Stream.of(webhookSecret, previousWebhookSecret)
                .filter(secret -> !secret.isEmpty())
                .toList();
    }

    @Override
    public String toString() {
        return "IngestSettings[partitions=" + partitions + "]"; // never the secrets
    }
}
