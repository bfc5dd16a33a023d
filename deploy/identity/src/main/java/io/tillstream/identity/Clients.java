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

/** The programs that may ask for tokens: the web pages in the name of a user, each service and collector in its own. */
@Configuration(proxyBeanMethods = false)
class Clients {
    static final String WEB = "tillstream-web";
    static final String INTERNAL = "internal";
    static final String METRICS = "metrics";

    @Bean
    RegisteredClientRepository registeredClients(IdentitySettings settings) {
        List<RegisteredClient> clients = new ArrayList<>();
        clients.add(web(settings));
        settings.services().entrySet().stream()
                .map(service -> program(service, INTERNAL, settings))
                .forEach(clients::add);
        settings.collectors().entrySet().stream()
                .map(collector -> program(collector, METRICS, settings))
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

    private static RegisteredClient program(
            Map.Entry<String, String> program, String scope, IdentitySettings settings) {
        return withId(program.getKey())
                .clientSecret("{noop}" + program.getValue())
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .scope(scope)
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
