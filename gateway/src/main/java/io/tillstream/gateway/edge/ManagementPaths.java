package io.tillstream.gateway.edge;

import io.tillstream.web.Caller;
import io.tillstream.web.Problem;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Metrics and the gateway's own document tell how busy and how built the shop is: on the public port they are for
 * operators and services; a collector of metrics reads these and nothing else. Probes are open, and so is the document of the API that
 * {@code /docs} shows.
 */
@Component
@Order(-40) // after the token check
class ManagementPaths implements WebFilter {

    private static final Set<String> DOCUMENTS = Set.of("/v3/api-docs", "/v3/api-docs.yaml");
    private static final String METRICS = "/actuator/prometheus";
    private static final Set<String> SCOPES = Set.of("SCOPE_" + Caller.OPERATOR, "SCOPE_" + Caller.INTERNAL);
    private static final Set<String> METRICS_SCOPES =
            Set.of("SCOPE_" + Caller.OPERATOR, "SCOPE_" + Caller.INTERNAL, "SCOPE_" + Caller.METRICS);

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getPath().value();
        if (!isInside(path)) {
            return chain.filter(exchange);
        }
        return exchange.getPrincipal()
                .ofType(JwtAuthenticationToken.class)
                .switchIfEmpty(Mono.error(Problem::unauthorized))
                .flatMap(who -> isOurs(who, path) ? chain.filter(exchange) : Mono.error(Problem.forbidden()));
    }

    private static boolean isInside(String path) {
        boolean probe = path.equals("/actuator/health") || path.startsWith("/actuator/health/");
        return (path.startsWith("/actuator") && !probe) || DOCUMENTS.contains(path);
    }

    private static boolean isOurs(Authentication who, String path) {
        Set<String> scopes = path.equals(METRICS) ? METRICS_SCOPES : SCOPES;
        return who.getAuthorities().stream().anyMatch(one -> scopes.contains(String.valueOf(one.getAuthority())));
    }
}
