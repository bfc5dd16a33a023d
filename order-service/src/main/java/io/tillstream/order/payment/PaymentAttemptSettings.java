package io.tillstream.order.payment;

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
 * How often one order may be tried to pay: an honest buyer needs a few cards, a tester of stolen cards thousands.
 *
 * @param most tries and pages within {@code within}. Card networks forbid more than 15 tries of one payment, and Stripe
 *     blocks what comes after.
 * @param within below a minute nothing would be bounded; above a year an order could never be paid again
 * @see <a href="https://support.stripe.com/questions/payment-blocked-due-to-excessive-retries">Stripe: excessive
 *     retries</a>
 */
@Validated
@ConfigurationProperties("tillstream.orders.tries")
public record PaymentAttemptSettings(
        @Min(1) @Max(90) @DefaultValue("15")
        int most, // below the hundred of an order that are read together, those under way first

        @NotNull @DurationMin(minutes = 1) @DurationMax(days = 366) @DefaultValue("24h")
        Duration within) {}
