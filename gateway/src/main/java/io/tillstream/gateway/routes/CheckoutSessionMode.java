package io.tillstream.gateway.routes;

import org.springframework.cloud.gateway.route.builder.BooleanSpec;
import org.springframework.cloud.gateway.route.builder.PredicateSpec;
import org.springframework.http.HttpMethod;

/** What a Checkout Session is for; each mode has its service. */
enum CheckoutSessionMode {
    PAYMENT,
    SETUP,
    SUBSCRIPTION;

    static final String PATH = "/api/checkout/sessions";

    /** Set by {@link CheckoutSessionRouter} when the body was read. */
    static final String ATTRIBUTE = CheckoutSessionMode.class.getName();

    BooleanSpec on(PredicateSpec path) {
        return path.method(HttpMethod.POST)
                .and()
                .path(PATH)
                .and()
                .predicate(exchange -> this == exchange.getAttribute(ATTRIBUTE));
    }
}
