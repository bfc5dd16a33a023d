package io.tillstream.gateway.routes;

import io.tillstream.web.RequestIdAttribute;
import java.util.Set;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** Drops from a service's answer what the gateway says itself, so that no header comes twice. */
@Component
class DuplicateResponseHeadersFilter implements HttpHeadersFilter {

    private static final Set<String> OWN = Set.of(
            RequestIdAttribute.HEADER,
            "Cache-Control",
            "Pragma",
            "Expires",
            "X-Content-Type-Options",
            "X-Frame-Options",
            "X-XSS-Protection",
            "Referrer-Policy",
            "Strict-Transport-Security",
            "Vary",
            "Server");

    @Override
    public HttpHeaders filter(HttpHeaders headers, ServerWebExchange exchange) {
        HttpHeaders kept = new HttpHeaders();
        kept.addAll(headers);
        OWN.forEach(kept::remove);
        return kept;
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }
}
