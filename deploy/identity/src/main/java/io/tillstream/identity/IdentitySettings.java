package io.tillstream.identity;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.Assert;

/**
 * Who may sign in, and which programs may ask for tokens.
 *
 * @param keyFolder where the signing key is kept; empty makes a new key at each start
 * @param webRedirectUris where a sign-in may end beside the pages of {@code allowedOrigins}
 * @param allowedOrigins whose pages may sign users in and fetch tokens: those that may call the API, and no others
 * @param services secret of each service by its client id
 * @param collectors the same of what reads metrics, and may do nothing else
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
        Map<String, String> services,
        Map<String, String> collectors) {

    private static final List<String> RETURN_PAGES = List.of("/", "/callback", "/callback.html");

    private static final Duration LONGEST_LIFE = Duration.ofDays(30); // nobody takes a token back

    IdentitySettings {
        Assert.hasText(issuer, "OIDC_ISSUER is empty");
        Assert.notEmpty(allowedOrigins, "ALLOWED_ORIGINS is empty");
        Assert.notEmpty(people, "identity.people is empty");
        Assert.notEmpty(services, "identity.services is empty");
        Assert.isTrue(
                tokenLife.toSeconds() >= 1 && tokenLife.compareTo(LONGEST_LIFE) <= 0, "TOKEN_LIFE is from 1s to 30d");
    }

    /** Of each origin the pages where sign-ins usually end, then the others. */
    Set<String> redirectUris() {
        Set<String> uris = new LinkedHashSet<>();
        for (String origin : allowedOrigins) {
            RETURN_PAGES.forEach(page -> uris.add(origin.trim() + page));
        }
        uris.addAll(webRedirectUris);
        return uris;
    }

    /** Where a sign-out may lead: the first page of each origin. */
    Set<String> signedOutUris() {
        Set<String> uris = new LinkedHashSet<>();
        allowedOrigins.forEach(origin -> uris.add(origin.trim() + "/"));
        return uris;
    }

    /** A user; {@code operator} may ask for the scope of that name. */
    record Person(String name, String email, String password, boolean operator) {}
}
