package io.tillstream.gateway.edge;

import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Problem;
import java.security.Principal;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * How much one caller may ask. By address before the token check, so that guessing tokens is slow; by user after it.
 * Every instance counts for itself: behind n instances a caller gets up to n times as much. Stripe's webhook is not
 * counted, because Stripe would come back much later; probes and metrics are not either.
 */
@Configuration(proxyBeanMethods = false)
class RateLimits {

    private static final Duration WAIT = Duration.ofSeconds(1); // a bucket is never empty for longer

    @Bean
    @Order(-110) // before the token check (-100)
    WebFilter addressRates(GatewaySettings settings, Clock clock) {
        GatewaySettings.Rates rates = settings.rates();
        TokenBuckets buckets = new TokenBuckets(rates.addressPerSecond(), rates.addressBurst(), clock);
        return (exchange, chain) -> {
            String address = exchange.getAttributeOrDefault(OutsideHeaders.ADDRESS, "unknown");
            return pass(buckets, address, exchange, chain);
        };
    }

    @Bean
    @Order(-50)
    WebFilter userRates(GatewaySettings settings, Clock clock) {
        GatewaySettings.Rates rates = settings.rates();
        TokenBuckets buckets = new TokenBuckets(rates.userPerSecond(), rates.userBurst(), clock);
        return (exchange, chain) -> exchange.getPrincipal()
                .map(Principal::getName)
                .map(java.util.Optional::of)
                .defaultIfEmpty(java.util.Optional.empty())
                .flatMap(user -> user.isEmpty() ? chain.filter(exchange) : pass(buckets, user.get(), exchange, chain));
    }

    private static Mono<Void> pass(TokenBuckets buckets, String key, ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getPath().value();
        boolean counted = path.startsWith("/api/") || path.startsWith("/docs");
        return !counted || buckets.take(key) ? chain.filter(exchange) : Mono.error(Problem.tooManyRequests(WAIT));
    }
}
