package io.tillstream.web.limits;

import io.tillstream.web.RequestIdAttribute;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Gives every request an id, its own if it brings a harmless one, and tells it in the answer. */
final class RequestIdFilter implements WebFilter {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{7,63}"); // fits a log line

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String id = accepted(exchange.getRequest().getHeaders().getFirst(RequestIdAttribute.HEADER));
        exchange.getAttributes().put(RequestIdAttribute.KEY, id);
        exchange.getResponse().getHeaders().set(RequestIdAttribute.HEADER, id);
        ServerWebExchange named = exchange.mutate()
                .request(request -> request.headers(headers -> headers.set(RequestIdAttribute.HEADER, id)))
                .build();
        return chain.filter(named).contextWrite(context -> context.put(RequestIdAttribute.KEY, id));
    }

    private static String accepted(@Nullable String given) {
        boolean harmless = given != null && HARMLESS.matcher(given).matches() && !CardNumbers.in(given);
        return harmless && given != null ? given : UUID.randomUUID().toString();
    }
}
