package io.tillstream.gateway.routes;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Bounds how many requests each service is at work on for this gateway. More than a service can do would only wait in it, until
 * all of them, those that could be done too, are answered too late; what is above is refused at once, to come back in a moment.
 * A place is free as soon as the service has answered: a client that reads slowly keeps none. Requests that wait on purpose have
 * a limit of their own, {@code OpenStreams}.
 */
@Component
class RequestsInFlight implements GlobalFilter, Ordered {

    private static final Duration COME_BACK = Duration.ofSeconds(1); // most of what is at work is done by then

    private final Map<URI, AtomicInteger> inFlight = new ConcurrentHashMap<>();
    private final int most;
    private final Counter refused;

    RequestsInFlight(GatewaySettings settings, MeterRegistry meters) {
        this.most = settings.rates().inFlight();
        this.refused = Counter.builder("tillstream.gateway.refused.in.flight")
                .description("Requests that were refused as a service has enough to do")
                .register(meters);
    }

    /** Inside of what writes the answer to the client, and outside of what asks the service. */
    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (route.getMetadata().containsKey(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR)) {
            return chain.filter(exchange); // a stream
        }
        AtomicInteger count = inFlight.computeIfAbsent(route.getUri(), service -> new AtomicInteger());
        return Mono.usingWhen(
                Mono.fromSupplier(() -> take(count)),
                taken -> taken ? chain.filter(exchange) : Mono.error(enough()),
                taken -> give(count, taken),
                (taken, fault) -> give(count, taken),
                taken -> give(count, taken));
    }

    private boolean take(AtomicInteger count) {
        return count.getAndUpdate(now -> now < most ? now + 1 : now) < most;
    }

    private static Mono<Void> give(AtomicInteger count, boolean taken) {
        return Mono.fromRunnable(() -> {
            if (taken) {
                count.decrementAndGet();
            }
        });
    }

    private Problem enough() {
        refused.increment();
        return Problem.unavailable("There is too much to do at this moment; try again.", COME_BACK);
    }
}
