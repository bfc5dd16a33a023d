package io.tillstream.web;

import org.springframework.web.server.ServerWebExchange;

/** The id under which a request is found again in answers, logs and other services. */
public final class RequestIdAttribute {

    public static final String HEADER = "X-Request-Id";

    /** Key of the reactor context and of the log's MDC. */
    public static final String KEY = "requestId";

    private RequestIdAttribute() {}

    public static String of(ServerWebExchange exchange) {
        String id = exchange.getAttribute(KEY);
        return id == null ? exchange.getRequest().getId() : id;
    }
}
