package io.tillstream.payment.payable;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings below {@code tillstream.payments}.
 *
 * @param firstAsk after which time without news of an attempt or a refund Stripe is asked for the first time: longer than a
 *     call may take, so that its own answer comes first. The rests before it is asked again begin with as long
 * @param sweepEvery how long the sweep of such attempts rests: a fraction of the first wait
 * @param answerWithin how long a request to pay or refund waits for Stripe: shorter than the caller's own wait of 11 s
 * @param expiringCardsAfter when cards that end soon are looked for after a start, which has more urgent work
 */
@Validated
@ConfigurationProperties("tillstream.payments")
public record PaymentSettings(
        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("60s")
        Duration firstAsk,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("10s")
        Duration sweepEvery,

        @NotNull @DurationMin(millis = 1) @DurationMax(seconds = 11) @DefaultValue("10s")
        Duration answerWithin,

        @NotNull @DurationMin @DurationMax(days = 1) @DefaultValue("20s")
        Duration expiringCardsAfter) {

    /** For SQL. */
    public double firstAskSeconds() {
        return firstAsk.toMillis() / 1000.0;
    }
}
