package io.tillstream.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2AuthorizationCodeRequestAuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationConverter;

/**
 * Only operators get the scope {@code operator}. Who asks for it without being one is signed in without it, so that
 * the pages may ask alike for everybody, and the answer names the scopes that were given.
 */
final class OperatorScope implements AuthenticationConverter {
    static final String NAME = "operator";
    static final String AUTHORITY = "ROLE_OPERATOR";

    private final OAuth2AuthorizationCodeRequestAuthenticationConverter standard =
            new OAuth2AuthorizationCodeRequestAuthenticationConverter();

    @Override
    public @Nullable Authentication convert(HttpServletRequest request) {
        Authentication converted = standard.convert(request);
        if (converted instanceof OAuth2AuthorizationCodeRequestAuthenticationToken asked
                && asked.getPrincipal() instanceof Authentication user) {
            return new OAuth2AuthorizationCodeRequestAuthenticationToken(
                    asked.getAuthorizationUri(),
                    asked.getClientId(),
                    user,
                    asked.getRedirectUri(),
                    asked.getState(),
                    allowed(asked.getScopes(), user),
                    asked.getAdditionalParameters());
        }
        return converted;
    }

    /** The asked scopes that this user may have. */
    static Set<String> allowed(Set<String> asked, Authentication user) {
        Set<String> allowed = new LinkedHashSet<>(asked);
        boolean operator = user.getAuthorities().stream().anyMatch(granted -> AUTHORITY.equals(granted.getAuthority()));
        if (!operator) {
            allowed.remove(NAME);
        }
        return allowed;
    }
}
