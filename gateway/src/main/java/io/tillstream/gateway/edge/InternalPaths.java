package io.tillstream.gateway.edge;

import io.tillstream.web.Problem;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** What services ask each other is not there from outside, whatever the token. */
@Component
@Order(-108) // after the rates of addresses (-110): what is not there counts too; before the token check
class InternalPaths implements WebFilter {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getPath().value();
        return path.equals("/internal") || path.startsWith("/internal/")
                ? Mono.error(Problem.notFound())
                : chain.filter(exchange);
    }
}
