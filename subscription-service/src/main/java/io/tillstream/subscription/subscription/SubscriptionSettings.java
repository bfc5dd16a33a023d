package io.tillstream.subscription.subscription;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings below {@code tillstream.subscriptions}.
 *
 * @param firstAsk after which time without an answer Stripe is first asked what became of a start, a change, its check or a
 *     refund of an invoice, and after five times of it, or of Stripe's longest call, what became of an end beside a write to a schedule: above the longest that the first request can last, 10 s of waiting and 30 s of Stripe's. The rests before it is
 *     asked again begin with as long
 */
@Validated
@ConfigurationProperties("tillstream.subscriptions")
public record SubscriptionSettings(
        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("60s")
        Duration firstAsk) {

    /** For SQL. */
    public double firstAskSeconds() {
        return firstAsk.toMillis() / 1000.0;
    }
}
