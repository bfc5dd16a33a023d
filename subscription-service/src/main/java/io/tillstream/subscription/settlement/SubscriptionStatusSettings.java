package io.tillstream.subscription.settlement;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param streamReadsAfter when a stream of changes has Stripe read once, if the subscription is still open: about as long as
 *     a page waits that asks instead of listening
 */
@Validated
@ConfigurationProperties("tillstream.settlement")
record SubscriptionStatusSettings(
        @NotNull @DurationMin(millis = 1) @DurationMax(hours = 1) @DefaultValue("20s")
        Duration streamReadsAfter) {}
