package io.tillstream.gateway.edge;

import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Problem;
import io.tillstream.web.WebSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** What browsers may do: which pages may call us, and what our own pages may load. */
@Configuration(proxyBeanMethods = false)
class BrowserRules {

    private static final Duration PREFLIGHT = Duration.ofMinutes(30);

    @Bean
    @Order(-106) // before texts (-105) and the token (-100) are judged: our pages can read those refusals too
    CorsWebFilter cors(WebSettings settings) {
        CorsConfiguration rules = new CorsConfiguration();
        rules.setAllowedOrigins(
                settings.allowedOrigins().stream().map(String::trim).toList());
        rules.setAllowedMethods(List.of("GET", "POST", "PUT", "PATCH", "DELETE"));
        rules.setAllowedHeaders(List.of("Authorization", "Content-Type", "Accept", "Idempotency-Key", "X-Request-Id"));
        rules.setExposedHeaders(
                List.of("X-Request-Id", "Idempotency-Replayed", HttpHeaders.RETRY_AFTER, HttpHeaders.LOCATION));
        rules.setAllowCredentials(false); // tokens come in a header, never in a cookie
        rules.setMaxAge(PREFLIGHT);
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/api/**", rules);
        return new CorsWebFilter(source, new DefaultCorsProcessor() {
            @Override
            protected void rejectRequest(ServerHttpResponse response) {
                throw Problem.of(403, "origin-not-allowed", "Pages of this origin may not call, or not so.");
            }
        });
    }

    /** Our pages load scripts and frames from themselves and Stripe only. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 20)
    WebFilter pageHeaders(GatewaySettings settings) {
        String policy = policy(settings, "'self'");
        String policyOfTheApiPage = policy(settings, "'self' 'unsafe-inline'"); // it styles its elements
        return (exchange, chain) -> {
            boolean apiPage = isApiPage(exchange.getRequest().getPath().value());
            exchange.getResponse().beforeCommit(() -> {
                HttpHeaders headers = exchange.getResponse().getHeaders();
                headers.set("Content-Security-Policy", apiPage ? policyOfTheApiPage : policy);
                headers.set("Referrer-Policy", "strict-origin-when-cross-origin");
                headers.set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
                return Mono.empty();
            });
            return chain.filter(exchange);
        };
    }

    private static boolean isApiPage(String path) {
        return path.equals("/docs") || path.startsWith("/docs/") || path.startsWith("/webjars/");
    }

    private static String policy(GatewaySettings settings, String styles) {
        String script = origin(settings.stripe().jsUrl());
        String api = origin(settings.stripe().apiBase());
        String identity = origin(URI.create(settings.identityUrl()));
        return String.join(
                "; ",
                "default-src 'self'",
                "script-src 'self' " + script + " https://*.js.stripe.com",
                "style-src " + styles,
                "img-src 'self' data: https:",
                "frame-src " + script + " " + api + " https://*.stripe.com",
                "connect-src 'self' " + api + " " + script + " " + identity + " https://*.stripe.com",
                "form-action 'self' " + identity,
                "base-uri 'none'",
                "frame-ancestors 'none'",
                "object-src 'none'");
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }
}
