package io.tillstream.web.access;

import io.tillstream.web.Caller;
import io.tillstream.web.Problem;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity.AuthorizeExchangeSpec;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.savedrequest.NoOpServerRequestCache;
import reactor.core.publisher.Mono;

/** Who may call what: one table, kept by the gateway and by every service for itself. */
final class AccessRules {

    private static final String OPERATOR = "SCOPE_" + Caller.OPERATOR;
    private static final String INTERNAL = "SCOPE_" + Caller.INTERNAL;

    private static final Set<String> PROGRAMS = Set.of(INTERNAL, "SCOPE_" + Caller.METRICS);

    private AccessRules() {}

    static SecurityWebFilterChain chain(ServerHttpSecurity http) {
        return http.authorizeExchange(AccessRules::table)
                .oauth2ResourceServer(server -> server.jwt(jwt -> {})
                        .authenticationEntryPoint((exchange, refused) -> refuse(Problem.unauthorized()))
                        .accessDeniedHandler((exchange, refused) -> refuse(Problem.forbidden())))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(
                                (exchange, refused) -> refuse(Problem.unauthorized()))
                        .accessDeniedHandler((exchange, refused) -> refuse(Problem.forbidden())))
                .csrf(ServerHttpSecurity.CsrfSpec::disable) // no cookies, no ambient authority
                .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
                .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
                .logout(ServerHttpSecurity.LogoutSpec::disable)
                .anonymous(anonymous -> {})
                .requestCache(cache -> cache.requestCache(NoOpServerRequestCache.getInstance()))
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                .build();
    }

    private static void table(AuthorizeExchangeSpec paths) {
        paths.pathMatchers(HttpMethod.OPTIONS, "/**")
                .permitAll()
                // What everyone may see.
                .pathMatchers(HttpMethod.GET, "/api/config", "/api/products", "/api/products/*")
                .permitAll()
                .pathMatchers(HttpMethod.GET, "/api/plans", "/api/plans/*")
                .permitAll()
                // What the shop's own people do.
                .pathMatchers("/api/admin/**")
                .hasAuthority(OPERATOR)
                .pathMatchers("/api/products/**", "/api/plans/**")
                .hasAuthority(OPERATOR)
                .pathMatchers(HttpMethod.POST, "/api/orders/*/refunds")
                .hasAuthority(OPERATOR)
                // Users; the token of a service or of a collector of metrics is no user's.
                .pathMatchers("/api/**")
                .access((who, where) -> who.map(AccessRules::isUser).map(AuthorizationDecision::new))
                .pathMatchers("/internal/**")
                .hasAuthority(INTERNAL)
                // Operations: what is exposed is counted in tillstream-web.yml.
                .pathMatchers("/actuator/health/**", "/actuator/info", "/actuator/prometheus")
                .permitAll()
                .pathMatchers("/actuator/**")
                .denyAll()
                // Pages, API documentation, Stripe's webhook: nothing there belongs to anyone.
                .anyExchange()
                .permitAll();
    }

    private static boolean isUser(Authentication who) {
        return who.isAuthenticated()
                && who
                        instanceof
                        org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken
                && who.getAuthorities().stream()
                        .noneMatch(one -> PROGRAMS.contains(String.valueOf(one.getAuthority())));
    }

    private static Mono<Void> refuse(Problem problem) {
        return Mono.error(problem);
    }
}
