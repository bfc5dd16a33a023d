package io.tillstream.order.order;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.time.Instant;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long an order can be paid at the price it was placed at.
 *
 * @param payableFor a week: a buyer has their next payday's chance and every page of Stripe's has ended in a seventh of it, while a
 *     price that nobody offers any more is owed no longer. Below an hour a page could end before its buyer has read it
 */
@Validated
@ConfigurationProperties("tillstream.orders")
public record OrderExpirySettings(
        @NotNull @DurationMin(hours = 1) @DurationMax(days = 366) @DefaultValue("7d")
        Duration payableFor) {

    /** Whether an order that is open at this moment may not be paid any more. */
    public boolean isOver(Order order, Instant now) {
        return order.createdAt().isBefore(now.minus(payableFor));
    }
}
