package io.tillstream.identity;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.Assert;

/**
 * Who may sign in, and which programs may ask for tokens.
 *
 * @param keyFolder where the signing key is kept; empty makes a new key at each start
 * @param services secret of each service by its client id
 */
@ConfigurationProperties("identity")
record IdentitySettings(
        String issuer,
        String audience,
        Duration tokenLife,
        @Nullable String keyFolder,
        List<String> webRedirectUris,
        List<String> allowedOrigins,
        Map<String, Person> people,
        Map<String, String> services) {

    IdentitySettings {
        Assert.hasText(issuer, "OIDC_ISSUER is empty");
        Assert.notEmpty(webRedirectUris, "WEB_REDIRECT_URIS is empty");
        Assert.notEmpty(people, "identity.people is empty");
        Assert.notEmpty(services, "identity.services is empty");
    }

    /** A user; {@code operator} may ask for the scope of that name. */
    record Person(String name, String email, String password, boolean operator) {}
}
