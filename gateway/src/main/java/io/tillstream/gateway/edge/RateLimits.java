package io.tillstream.gateway.edge;

import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Problem;
import io.tillstream.web.limits.RequestBodyFilter;
import java.security.Principal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * How much one caller may ask, and how much of that of Stripe. By address before the token check, so that guessing tokens
 * is slow; by user after it.
 * Every instance counts for itself: behind n instances a caller gets up to n times as much. Every path counts, also
 * what is refused or not there. Of Stripe's webhook only what was refused counts: Stripe would come back much later.
 * Probes are left out.
 */
@Configuration(proxyBeanMethods = false)
class RateLimits {

    private static final Set<String> PROBES = Set.of("/livez", "/readyz"); // have no body, and ask nobody
    private static final Set<HttpMethod> CHANGES =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private static final Set<HttpMethod> READS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD); // the same handlers answer both

    /** Stripe allows all users together some twenty calls a second: no one of them takes them from the others. */
    private static final List<PathPattern> READS_OF_STRIPE = Stream.of(
                    "/api/orders/*/settlement",
                    "/api/subscriptions/*/settlement",
                    "/api/checkout/sessions/*",
                    "/api/invoices/*")
            .map(PathPatternParser.defaultInstance::parse)
            .toList();

    private static final Duration WAIT = Duration.ofSeconds(1); // a bucket is never empty for longer

    @Bean
    @Order(-110) // before the token check (-100)
    WebFilter addressRates(GatewaySettings settings, Clock clock) {
        GatewaySettings.Rates rates = settings.rates();
        TokenBuckets buckets = new TokenBuckets(rates.addressPerSecond(), rates.addressBurst(), clock);
        TokenBuckets refused = new TokenBuckets(rates.addressPerSecond(), rates.addressBurst(), clock);
        return (exchange, chain) -> {
            String address = exchange.getAttributeOrDefault(OutsideHeaders.ADDRESS, "unknown");
            return RequestBodyFilter.isWebhook(exchange.getRequest())
                    ? delivered(refused, address, exchange, chain)
                    : pass(buckets, address, exchange, chain);
        };
    }

    /** Who sends what ingest refuses, and only they, use up their address's share: it is taken first, and given back. */
    private static Mono<Void> delivered(
            TokenBuckets refused, String address, ServerWebExchange exchange, WebFilterChain chain) {
        if (!refused.take(address)) {
            return Mono.error(Problem.tooManyRequests(WAIT));
        }
        return chain.filter(exchange)
                .doOnError(thrown -> {
                    if (!isRefusal(thrown)) {
                        refused.giveBack(address);
                    }
                })
                .doOnSuccess(end -> {
                    HttpStatusCode status = exchange.getResponse().getStatusCode();
                    if (status == null || !status.is4xxClientError()) {
                        refused.giveBack(address);
                    }
                });
    }

    private static boolean isRefusal(Throwable thrown) {
        return thrown instanceof Problem problem && problem.status() < HttpStatus.INTERNAL_SERVER_ERROR.value();
    }

    @Bean
    @Order(-50)
    WebFilter userRates(GatewaySettings settings, Clock clock) {
        GatewaySettings.Rates rates = settings.rates();
        TokenBuckets buckets = new TokenBuckets(rates.userPerSecond(), rates.userBurst(), clock);
        TokenBuckets asking = new TokenBuckets(rates.userStripePerSecond(), rates.userStripeBurst(), clock);
        return (exchange, chain) -> exchange.getPrincipal()
                .filter(principal -> !(principal instanceof AnonymousAuthenticationToken)) // many, and no one user
                .map(Principal::getName)
                .map(java.util.Optional::of)
                .defaultIfEmpty(java.util.Optional.empty())
                .flatMap(user -> user.isEmpty()
                        ? chain.filter(exchange)
                        : asksStripe(exchange) && !asking.take(user.get())
                                ? Mono.error(Problem.tooManyRequests(WAIT))
                                : pass(buckets, user.get(), exchange, chain));
    }

    /** All that changes something, and the reads that show what Stripe has this moment. */
    private static boolean asksStripe(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        return CHANGES.contains(method)
                || (READS.contains(method)
                        && READS_OF_STRIPE.stream()
                                .anyMatch(path -> path.matches(
                                        exchange.getRequest().getPath().pathWithinApplication())));
    }

    private static Mono<Void> pass(TokenBuckets buckets, String key, ServerWebExchange exchange, WebFilterChain chain) {
        boolean probe = PROBES.contains(exchange.getRequest().getPath().value());
        return probe || buckets.take(key) ? chain.filter(exchange) : Mono.error(Problem.tooManyRequests(WAIT));
    }
}
