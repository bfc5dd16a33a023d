package io.tillstream.web.query;

import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses parameters that an endpoint does not have, as a field that it does not have: who filters a list by a misspelt
 * {@code ?status=} must not take the whole list for the answer, and neither must who filters by nothing but blanks. What our
 * services ask each other may be blank: it may be what somebody wrote at Stripe.
 */
final class KnownParameters implements WebFilter {

    private static final String OURS = "io.tillstream.";
    private static final String WEBHOOKS = "/webhooks/"; // a shop may have registered its endpoint with some
    private static final String INTERNAL = "/internal/";
    private static final Set<String> PAGING = Set.of("limit", "cursor");

    private final RequestMappingHandlerMapping handlers;
    private final Map<HandlerMethod, Set<String>> known = new ConcurrentHashMap<>(); // one for each endpoint

    KnownParameters(RequestMappingHandlerMapping handlers) {
        this.handlers = handlers;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        boolean webhook = exchange.getRequest().getPath().value().startsWith(WEBHOOKS);
        if (webhook || exchange.getRequest().getQueryParams().isEmpty()) {
            return chain.filter(exchange);
        }
        return handlers.getHandler(exchange)
                .onErrorComplete() // no such method or media type: the dispatcher says so
                .ofType(HandlerMethod.class)
                .filter(KnownParameters::isOurs)
                .doOnNext(handler -> check(handler, exchange))
                .then(chain.filter(exchange));
    }

    static boolean isOurs(HandlerMethod handler) {
        return handler.getBeanType().getName().startsWith(OURS);
    }

    private void check(HandlerMethod handler, ServerWebExchange exchange) {
        Set<String> allowed = known.computeIfAbsent(handler, KnownParameters::of);
        for (String name : exchange.getRequest().getQueryParams().keySet()) {
            if (!allowed.contains(name)) {
                throw Problem.malformed(name, "is not a parameter of this endpoint");
            }
        }
        if (!exchange.getRequest().getPath().value().startsWith(INTERNAL)) {
            refuseBlanks(exchange.getRequest().getQueryParams());
        }
    }

    private static void refuseBlanks(MultiValueMap<String, String> parameters) {
        parameters.forEach((name, values) -> {
            if (values.stream().anyMatch(KnownParameters::isBlank)) {
                throw Problem.malformed(name, "must not be blank: leave it out, or give it a value");
            }
        });
    }

    private static boolean isBlank(@Nullable String value) {
        return value == null
                || value.codePoints().allMatch(c -> c <= ' ' || Character.isWhitespace(c) || Character.isSpaceChar(c));
    }

    private static Set<String> of(HandlerMethod handler) {
        Set<String> names = new HashSet<>();
        for (MethodParameter parameter : handler.getMethodParameters()) {
            if (parameter.getParameterType() == Paging.class) {
                names.addAll(PAGING);
            }
            RequestParam named = parameter.getParameterAnnotation(RequestParam.class);
            if (named != null) {
                String given = named.name().isEmpty() ? named.value() : named.name();
                names.add(given.isEmpty() ? parameter.getParameter().getName() : given);
            }
        }
        return names;
    }
}
