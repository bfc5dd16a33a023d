package io.tillstream.subscription.quote;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What quotes are signed with. All instances of a service have the same.
 *
 * @param secret signs, and is accepted
 * @param previousSecret is accepted only, so that a new secret does not void quotes that are out; may be empty
 */
@Validated
@ConfigurationProperties("tillstream.quotes")
public record QuoteSettings(
        @NotNull
        @Size(min = QuoteSettings.SHORTEST, message = "is too short: set QUOTE_SECRET to 32 random characters at least")
        @DefaultValue("")
        String secret,

        @NotNull
        @Pattern(
                regexp = "|.{" + QuoteSettings.SHORTEST + ",}",
                message = "is too short: set QUOTE_SECRET_PREVIOUS to the secret before, or leave it out")
        @DefaultValue("")
        String previousSecret) {

    static final int SHORTEST = 32; // as many as SHA-256 has bytes: a shorter key would be the weakest part

    @Override
    public String toString() {
        return "QuoteSettings[...]"; // never the secrets
    }
}
