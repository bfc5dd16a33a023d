package io.tillstream.gateway.routes;

import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Problem;
import io.tillstream.web.limits.RequestBodyFilter;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks into the body of the one endpoint that three services share; the body goes on as it came. */
@Component
@Order(5) // after the body was read (0)
class CheckoutSessionRouter implements WebFilter {

    private final JsonMapper json;
    private final boolean subscriptions;

    CheckoutSessionRouter(JsonMapper json, GatewaySettings settings) {
        this.json = json;
        this.subscriptions = settings.services().hasSubscriptions();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        boolean opens = HttpMethod.POST.equals(exchange.getRequest().getMethod())
                && exchange.getRequest().getPath().value().equals(CheckoutSessionMode.PATH);
        if (opens) {
            exchange.getAttributes().put(CheckoutSessionMode.ATTRIBUTE, mode(exchange));
        }
        return chain.filter(exchange);
    }

    private CheckoutSessionMode mode(ServerWebExchange exchange) {
        MediaType type = exchange.getRequest().getHeaders().getContentType();
        if (type == null || !type.isCompatibleWith(MediaType.APPLICATION_JSON)) {
            throw new UnsupportedMediaTypeStatusException(type, java.util.List.of(MediaType.APPLICATION_JSON));
        }
        JsonNode mode = body(exchange).path("mode");
        if (!mode.isString()) {
            throw Problem.invalid("mode", mode.isMissingNode() ? "is missing" : "must be a string");
        }
        return switch (mode.asString()) {
            case "payment" -> CheckoutSessionMode.PAYMENT;
            case "setup" -> CheckoutSessionMode.SETUP;
            case "subscription" -> subscription();
            default -> throw wrong();
        };
    }

    private CheckoutSessionMode subscription() {
        if (!subscriptions) {
            throw wrong();
        }
        return CheckoutSessionMode.SUBSCRIPTION;
    }

    private JsonNode body(ServerWebExchange exchange) {
        try {
            JsonNode body = json.readTree(RequestBodyFilter.of(exchange));
            if (body.isObject()) {
                return body;
            }
        } catch (JacksonException e) {
            // told below
        }
        throw Problem.malformed("The request cannot be read.");
    }

    private Problem wrong() {
        return Problem.invalid("mode", "must be payment" + (subscriptions ? ", setup or subscription" : " or setup"));
    }
}
