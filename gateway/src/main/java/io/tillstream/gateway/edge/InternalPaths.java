package io.tillstream.gateway.edge;

import io.tillstream.web.Problem;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** What services ask each other is not there from outside, whatever the token. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 30) // after the request id, before the token check
class InternalPaths implements WebFilter {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getPath().value();
        return path.equals("/internal") || path.startsWith("/internal/")
                ? Mono.error(Problem.notFound())
                : chain.filter(exchange);
    }
}
