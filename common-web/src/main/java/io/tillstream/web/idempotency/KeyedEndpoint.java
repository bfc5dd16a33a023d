package io.tillstream.web.idempotency;

import java.lang.reflect.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * The endpoint that a key belongs to, as {@code POST /api/orders/<id>/payments}: one text for one order, however the path
 * spells its id. Capitals, escapes, zeros that are left out and path parameters lead to the same handler with the same argument,
 * so they are the same endpoint.
 */
final class KeyedEndpoint {

    private KeyedEndpoint() {}

    /** After the mapping has found the {@code handler}. */
    static String of(ServerWebExchange exchange, HandlerMethod handler) {
        PathPattern pattern = exchange.getRequiredAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        Map<String, String> variables =
                exchange.getAttributeOrDefault(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of());
        Map<String, Class<?>> types = types(handler);
        String path = pattern.getPatternString();
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            String value = types.get(variable.getKey()) == UUID.class ? uuid(variable.getValue()) : variable.getValue();
            path = path.replace(
                    "{" + variable.getKey() + "}", UriUtils.encodePathSegment(value, StandardCharsets.UTF_8));
        }
        return exchange.getRequest().getMethod() + " " + path;
    }

    /** As the path spells it, by which older releases kept their keys. */
    static String asSpelled(ServerWebExchange exchange) {
        return exchange.getRequest().getMethod() + " "
                + exchange.getRequest().getPath().value();
    }

    private static Map<String, Class<?>> types(HandlerMethod handler) {
        return Stream.of(handler.getMethod().getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(PathVariable.class))
                .collect(Collectors.toMap(KeyedEndpoint::name, Parameter::getType));
    }

    private static String name(Parameter parameter) {
        String name = Objects.requireNonNull(parameter.getAnnotation(PathVariable.class))
                .value();
        return name.isEmpty() ? parameter.getName() : name;
    }

    /** As Spring reads it; what is none is refused by the handler. */
    private static String uuid(String text) {
        try {
            return UUID.fromString(text.trim()).toString();
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
