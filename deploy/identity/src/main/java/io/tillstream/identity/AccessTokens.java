package io.tillstream.identity;

import java.util.List;
import java.util.Set;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.stereotype.Component;

/** What stands in a token: {@code aud} names Tillstream, {@code email} and {@code name} say who the user is. */
@Component
final class AccessTokens implements OAuth2TokenCustomizer<JwtEncodingContext> {
    private final IdentitySettings settings;

    AccessTokens(IdentitySettings settings) {
        this.settings = settings;
    }

    @Override
    public void customize(JwtEncodingContext token) {
        token.getJwsHeader().algorithm(SignatureAlgorithm.RS256);
        boolean access = "access_token".equals(token.getTokenType().getValue());
        if (access) {
            String client = token.getRegisteredClient().getClientId();
            token.getClaims().audience(List.of(settings.audience(), client));
        }
        if (access && AuthorizationGrantType.CLIENT_CREDENTIALS.equals(token.getAuthorizationGrantType())) {
            // Without a scope it would look like a user's: who asks for none gets what the client has.
            Set<String> asked = token.getAuthorizedScopes();
            token.getClaims()
                    .claim(
                            "scope",
                            asked.isEmpty() ? token.getRegisteredClient().getScopes() : asked);
        }
        Authentication user = token.getPrincipal();
        if (user == null || AuthorizationGrantType.CLIENT_CREDENTIALS.equals(token.getAuthorizationGrantType())) {
            return;
        }
        IdentitySettings.Person person = settings.people().get(user.getName());
        if (person != null) {
            token.getClaims().claim("email", person.email()).claim("name", person.name());
        }
        if (access) {
            // A request pushed ahead of the sign-in was asked for before anybody knew who would sign in.
            token.getClaims().claim("scope", OperatorScope.allowed(token.getAuthorizedScopes(), user));
        }
    }
}
