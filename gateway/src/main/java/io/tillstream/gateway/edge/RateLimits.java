package io.tillstream.gateway.edge;

import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Problem;
import java.security.Principal;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * How much one caller may ask. By address before the token check, so that guessing tokens is slow; by user after it.
 * Every instance counts for itself: behind n instances a caller gets up to n times as much. Every path counts, also
 * what is refused or not there. Of Stripe's webhook only what was refused counts: Stripe would come back much later.
 * Probes are left out.
 */
@Configuration(proxyBeanMethods = false)
class RateLimits {

    private static final Set<String> PROBES = Set.of("/livez", "/readyz"); // have no body, and ask nobody
    private static final Duration WAIT = Duration.ofSeconds(1); // a bucket is never empty for longer

    @Bean
    @Order(-110) // before the token check (-100)
    WebFilter addressRates(GatewaySettings settings, Clock clock) {
        GatewaySettings.Rates rates = settings.rates();
        TokenBuckets buckets = new TokenBuckets(rates.addressPerSecond(), rates.addressBurst(), clock);
        TokenBuckets refused = new TokenBuckets(rates.addressPerSecond(), rates.addressBurst(), clock);
        return (exchange, chain) -> {
            String address = exchange.getAttributeOrDefault(OutsideHeaders.ADDRESS, "unknown");
            return isWebhook(exchange)
                    ? delivered(refused, address, exchange, chain)
                    : pass(buckets, address, exchange, chain);
        };
    }

    /** Who sends what ingest refuses, and only they, use up their address's share. */
    private static Mono<Void> delivered(
            TokenBuckets refused, String address, ServerWebExchange exchange, WebFilterChain chain) {
        if (!refused.has(address)) {
            return Mono.error(Problem.tooManyRequests(WAIT));
        }
        return chain.filter(exchange)
                .doOnError(thrown -> refused.count(address))
                .doOnSuccess(end -> {
                    HttpStatusCode status = exchange.getResponse().getStatusCode();
                    if (status != null && status.is4xxClientError()) {
                        refused.count(address);
                    }
                });
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
        boolean probe = PROBES.contains(exchange.getRequest().getPath().value());
        return probe || buckets.take(key) ? chain.filter(exchange) : Mono.error(Problem.tooManyRequests(WAIT));
    }

    private static boolean isWebhook(ServerWebExchange exchange) {
        return exchange.getRequest().getPath().value().startsWith("/webhooks/");
    }
}
