package io.tillstream.payment.payment;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The sweep of payments without news.
 *
 * @param idleAMinute how many pages that their buyers left are looked at in a minute: 86,400 a day, and each is looked
 *     at five times
 */
@Validated
@ConfigurationProperties("tillstream.payments.sweep")
record SweepSettings(@Min(1) @DefaultValue("60") int idleAMinute) {}
