package io.tillstream.subscription.cancellation;

import com.stripe.param.SubscriptionUpdateParams.PauseCollection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Whether users may pause their own subscriptions, and how far. What they may use meanwhile the dunning policy says.
 *
 * @param byUsers false: pausing is the operator's act alone
 * @param longest of one pause
 * @param timesAYear per user and product, whatever became of the subscriptions
 * @param behavior what becomes of the invoices of that time; never the user's to say
 */
@Validated
@ConfigurationProperties("tillstream.pauses")
record PauseSettings(
        @DefaultValue("false") boolean byUsers,

        @NotNull @DurationMin(hours = 1) @DurationMax(days = 366) @DefaultValue("31d")
        Duration longest,

        @Min(1) @Max(12) @DefaultValue("1") int timesAYear,
        @NotNull @DefaultValue("void") Behavior behavior) {

    /** Stripe's words. */
    enum Behavior {
        KEEP_AS_DRAFT,
        MARK_UNCOLLECTIBLE,
        VOID;

        String text() {
            return PauseCollection.Behavior.valueOf(name()).getValue();
        }
    }
}
