package io.tillstream.identity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/** The programs that may ask for tokens: the web pages in the name of a user, each service in its own. */
@Configuration(proxyBeanMethods = false)
class Clients {
    static final String WEB = "tillstream-web";
    static final String INTERNAL = "internal";

    @Bean
    RegisteredClientRepository registeredClients(IdentitySettings settings) {
        List<RegisteredClient> clients = new ArrayList<>();
        clients.add(web(settings));
        settings.services().entrySet().stream()
                .map(service -> service(service, settings))
                .forEach(clients::add);
        return new InMemoryRegisteredClientRepository(clients);
    }

    /** Pages and the shell cannot keep a secret: each sign-in is bound to its starter by PKCE instead. */
    private static RegisteredClient web(IdentitySettings settings) {
        return withId(WEB)
                .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .redirectUris(uris -> uris.addAll(settings.redirectUris()))
                .postLogoutRedirectUris(uris -> uris.addAll(settings.signedOutUris()))
                .scope(OidcScopes.OPENID)
                .scope(OidcScopes.PROFILE)
                .scope(OidcScopes.EMAIL)
                .scope(OperatorScope.NAME)
                .clientSettings(ClientSettings.builder()
                        .requireProofKey(true)
                        .requireAuthorizationConsent(false)
                        .build())
                .tokenSettings(life(settings))
                .build();
    }

    private static RegisteredClient service(Map.Entry<String, String> service, IdentitySettings settings) {
        return withId(service.getKey())
                .clientSecret("{noop}" + service.getValue())
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .scope(INTERNAL)
                .tokenSettings(life(settings))
                .build();
    }

    private static RegisteredClient.Builder withId(String clientId) {
        return RegisteredClient.withId(UUID.nameUUIDFromBytes(clientId.getBytes(StandardCharsets.UTF_8))
                        .toString())
                .clientId(clientId);
    }

    private static TokenSettings life(IdentitySettings settings) {
        return TokenSettings.builder()
                .accessTokenTimeToLive(settings.tokenLife())
                .build();
    }
}
