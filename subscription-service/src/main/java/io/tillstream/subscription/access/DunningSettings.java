package io.tillstream.subscription.access;

import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param policy the file that says what is left to users who owe
 * @param sweepEvery how often to look for grades that change by time alone
 */
@Validated
@ConfigurationProperties("tillstream.dunning")
record DunningSettings(
        @DefaultValue("classpath:dunning.yaml") @NotBlank String policy,
        @DefaultValue("10s") Duration sweepEvery) {}
