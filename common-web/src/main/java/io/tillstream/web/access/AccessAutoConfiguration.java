package io.tillstream.web.access;

import io.netty.channel.ChannelOption;
import io.tillstream.web.Problem;
import io.tillstream.web.WebSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.security.web.server.firewall.ServerWebExchangeFirewall;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** Checks tokens and paths in every service, whatever the gateway did before. */
@AutoConfiguration(
        beforeName =
                "org.springframework.boot.security.oauth2.server.resource.autoconfigure.reactive.ReactiveOAuth2ResourceServerAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties(WebSettings.class)
@EnableWebFluxSecurity
public class AccessAutoConfiguration {

    private static final Duration SKEW = Duration.ofSeconds(30); // clocks of machines in one place differ less
    private static final int JWKS_BYTES = 64 * 1024; // a set of keys is a few KiB

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    @ConditionalOnMissingBean
    SecurityWebFilterChain tillstreamAccess(ServerHttpSecurity http) {
        return AccessRules.chain(http);
    }

    @Bean
    @ConditionalOnMissingBean
    ReactiveJwtDecoder tokens(WebSettings settings, Clock clock) {
        HttpClient http = HttpClient.create()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_000)
                .responseTimeout(Duration.ofSeconds(2));
        WebClient web = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(http))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(JWKS_BYTES))
                .build();
        NimbusReactiveJwtDecoder decoder = NimbusReactiveJwtDecoder.withJwkSource(
                        new JwksKeys(web, settings.oidc().jwksUrl(), clock))
                .jwsAlgorithm(SignatureAlgorithm.RS256)
                .build();
        decoder.setJwtValidator(validator(settings.oidc(), clock));
        return new RememberedTokens(
                token -> decoder.decode(token)
                        .onErrorMap(
                                AccessAutoConfiguration::isOfToken,
                                odd -> new BadJwtException("Claims of another form than any token has", odd)),
                clock);
    }

    /** Claims are converted while they are read, and a conversion throws whatever it likes. */
    private static boolean isOfToken(Throwable thrown) {
        return thrown instanceof ClassCastException || thrown instanceof IllegalArgumentException;
    }

    @Bean
    @ConditionalOnMissingBean
    ServerWebExchangeFirewall firewall() {
        return new InternalPathFirewall();
    }

    /** What Spring's firewall refuses is answered like everything else that cannot be read. */
    @Bean
    @ConditionalOnMissingBean
    ServerExchangeRejectedHandler rejected() {
        return (exchange, rejected) -> Mono.error(Problem.malformed("The request cannot be read."));
    }

    private static OAuth2TokenValidator<Jwt> validator(WebSettings.Oidc oidc, Clock clock) {
        JwtTimestampValidator times = new JwtTimestampValidator(SKEW);
        times.setAllowEmptyExpiryClaim(false);
        times.setClock(clock);
        return new DelegatingOAuth2TokenValidator<>(
                times,
                new JwtIssuerValidator(oidc.issuer()),
                new JwtClaimValidator<List<String>>(
                        "aud", audience -> audience != null && audience.contains(oidc.audience())),
                new SubjectAndScopeFormatValidator());
    }

    @Bean
    WebFluxConfigurer callerArgument() {
        return new WebFluxConfigurer() {
            @Override
            public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
                configurer.addCustomResolver(new CallerArgument());
            }
        };
    }
}
