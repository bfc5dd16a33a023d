package io.tillstream.gateway.edge;

import io.tillstream.web.limits.RequestBodyFilter;
import java.util.List;
import java.util.Locale;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Drops what only insiders may say: who a caller is, where a request came from. The token alone tells who asks. And what asks for
 * another protocol: no service speaks one, and a tunnel would be outside all limits of requests.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
class OutsideHeaders implements WebFilter {

    static final String ADDRESS = RequestBodyFilter.ADDRESS;

    private static final List<String> DROPPED = List.of(
            "forwarded",
            "x-forwarded",
            "x-real-ip",
            "x-original",
            "x-rewrite",
            "x-user",
            "x-caller",
            "x-auth",
            "x-remote",
            "x-client",
            "x-internal",
            "x-tillstream",
            "x-http-method",
            "upgrade",
            "sec-websocket",
            "cookie");

    private final ClientAddress address;

    OutsideHeaders(ClientAddress address) {
        this.address = address;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getAttributes().put(ADDRESS, address.of(exchange.getRequest()));
        List<String> dropped = exchange.getRequest().getHeaders().headerNames().stream()
                .filter(OutsideHeaders::isDropped)
                .toList();
        if (dropped.isEmpty()) {
            return chain.filter(exchange);
        }
        return chain.filter(exchange.mutate()
                .request(request -> request.headers((HttpHeaders headers) -> dropped.forEach(headers::remove)))
                .build());
    }

    private static boolean isDropped(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return DROPPED.stream().anyMatch(lower::startsWith);
    }
}
