package io.tillstream.order.payment;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings below {@code tillstream.sweeps}: when what was begun and not ended is gone on with.
 *
 * @param firstAsk when a try to pay without an answer is asked about first: above the longest wait of one request (12 s),
 *     as until then its own answer is on the way. The rests before it is asked about again begin with as long
 * @param paymentsEvery how often such tries are looked for
 * @param cancelsAfter how old a cancel is that is gone on with: above the longest request too
 * @param cancelsEvery how often such cancels are looked for; the rests before one is gone on with again begin with as long
 */
@Validated
@ConfigurationProperties("tillstream.sweeps")
public record SweepSettings(
        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("60s")
        Duration firstAsk,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("5s")
        Duration paymentsEvery,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("30s")
        Duration cancelsAfter,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("10s")
        Duration cancelsEvery) {}
