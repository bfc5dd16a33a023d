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
 * operators, and for a collector that has a service's token. Probes are open, and so is the document of the API that
 * {@code /docs} shows.
 */
@Component
@Order(-40) // after the token check
class ManagementPaths implements WebFilter {

    private static final Set<String> DOCUMENTS = Set.of("/v3/api-docs", "/v3/api-docs.yaml");
    private static final Set<String> SCOPES = Set.of("SCOPE_" + Caller.OPERATOR, "SCOPE_" + Caller.INTERNAL);

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!isInside(exchange.getRequest().getPath().value())) {
            return chain.filter(exchange);
        }
        return exchange.getPrincipal()
                .ofType(JwtAuthenticationToken.class)
                .switchIfEmpty(Mono.error(Problem::unauthorized))
                .flatMap(who -> isOurs(who) ? chain.filter(exchange) : Mono.error(Problem.forbidden()));
    }

    private static boolean isInside(String path) {
        boolean probe = path.equals("/actuator/health") || path.startsWith("/actuator/health/");
        return (path.startsWith("/actuator") && !probe) || DOCUMENTS.contains(path);
    }

    private static boolean isOurs(Authentication who) {
        return who.getAuthorities().stream().anyMatch(one -> SCOPES.contains(String.valueOf(one.getAuthority())));
    }
}
