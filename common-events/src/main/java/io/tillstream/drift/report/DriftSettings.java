package io.tillstream.drift.report;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How copies are compared with Stripe.
 *
 * @param every how often it is done by itself
 * @param back for which time then, and for all that is not final
 * @param confirmAfter how much later what differs is looked at again: its event may be on its way
 * @param callsPerSecond to Stripe, which buyers need as well
 * @param lookEvery how often it is looked for a report to go on with
 * @param lease after so long without a sign of life another instance goes on with it
 * @param keep how long reports are kept that are done
 */
@Validated
@ConfigurationProperties("tillstream.drift")
record DriftSettings(
        @NotNull @DurationMin(millis = 1) @DurationMax(days = 366) @DefaultValue("1h")
        Duration every,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 366) @DefaultValue("48h")
        Duration back,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("60s")
        Duration confirmAfter,

        @Min(1) @DefaultValue("2") int callsPerSecond,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("5s")
        Duration lookEvery,

        @NotNull @DurationMin(seconds = 1) @DurationMax(seconds = 15) @DefaultValue("15s")
        Duration lease,

        @NotNull @DurationMin(millis = 1) @DurationMax(days = 3_660) @DefaultValue("30d")
        Duration keep) {

    /** Between two steps that ask Stripe. */
    Duration pause() {
        return Duration.ofMillis(1000 / callsPerSecond);
    }
}
