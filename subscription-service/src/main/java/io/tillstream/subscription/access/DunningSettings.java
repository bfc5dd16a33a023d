package io.tillstream.subscription.access;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param policy the file that says what is left to users who owe
 */
@Validated
@ConfigurationProperties("tillstream.dunning")
record DunningSettings(
        @DefaultValue("classpath:dunning.yaml") @NotBlank String policy) {}
