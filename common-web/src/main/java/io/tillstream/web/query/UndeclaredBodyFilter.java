package io.tillstream.web.query;

import io.tillstream.web.Problem;
import io.tillstream.web.limits.RequestBodyFilter;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Refuses fields where an endpoint takes none, as it does a field that it does not know where it takes some: who sends
 * {@code {"when": "period_end"}} to what acts now must not take the act for the answer. An empty object says nothing, and is taken.
 */
final class UndeclaredBodyFilter implements WebFilter {

    private static final JsonFactory JSON = new JsonFactory();

    private final RequestMappingHandlerMapping handlers;

    UndeclaredBodyFilter(RequestMappingHandlerMapping handlers) {
        this.handlers = handlers;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        byte[] body = RequestBodyFilter.of(exchange);
        if (body.length == 0 || RequestBodyFilter.isWebhook(exchange.getRequest())) {
            return chain.filter(exchange);
        }
        return handlers.getHandler(exchange)
                .onErrorComplete() // no such method or media type: the dispatcher says so
                .ofType(HandlerMethod.class)
                .filter(handler -> KnownParameters.isOurs(handler) && !takesBody(handler))
                .doOnNext(handler -> refuseFields(body))
                .then(chain.filter(exchange));
    }

    private static boolean takesBody(HandlerMethod handler) {
        for (MethodParameter parameter : handler.getMethodParameters()) {
            if (parameter.hasParameterAnnotation(RequestBody.class)) {
                return true;
            }
        }
        return false;
    }

    private static void refuseFields(byte[] body) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
            JsonToken first = json.nextToken();
            JsonToken second = first == JsonToken.START_OBJECT ? json.nextToken() : first;
            if (second == JsonToken.PROPERTY_NAME) {
                throw Problem.malformed(json.currentName(), "is not known: this endpoint takes no fields");
            }
            boolean isEmpty = second == null || second == JsonToken.END_OBJECT || second == JsonToken.VALUE_NULL;
            if (!isEmpty) {
                throw Problem.malformed("This endpoint takes no body.");
            }
        } catch (JacksonException e) {
            throw Problem.malformed("The request cannot be read.");
        }
    }
}
