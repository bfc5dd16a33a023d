package io.tillstream.gateway.routes;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Bounds how many requests each service is at work on for this gateway. More than a service can do would only wait in it, until
 * all of them, those that could be done too, are answered too late; what is above is refused at once, to come back in a moment.
 * A place is free as soon as the service has answered: a client that reads slowly keeps none. Requests that wait on purpose have
 * a limit of their own, {@code OpenStreams}. One user has a share of the places, or slow requests of one would keep out all others.
 */
@Component
class RequestsInFlight implements GlobalFilter, Ordered {

    private static final String EVERYBODY = "";
    private static final Duration COME_BACK = Duration.ofSeconds(1); // most of what is at work is done by then

    /** Whose requests are at work in which service. */
    private record Place(URI service, String user) {}

    private final Map<Place, Integer> inFlight = new ConcurrentHashMap<>();
    private final int most;
    private final int mostPerUser;
    private final Counter refused;

    RequestsInFlight(GatewaySettings settings, MeterRegistry meters) {
        this.most = settings.rates().inFlight();
        this.mostPerUser = settings.rates().inFlightPerUser();
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
        Place all = new Place(route.getUri(), EVERYBODY);
        Mono<Void> work = Mono.defer(() -> chain.filter(exchange));
        return exchange.getPrincipal()
                .filter(principal -> !(principal instanceof AnonymousAuthenticationToken)) // many, and no one user
                .map(principal -> new Place(route.getUri(), "user " + principal.getName()))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(user -> counted(
                        all,
                        most,
                        this::enough,
                        user.map(own -> counted(own, mostPerUser, () -> Problem.tooManyRequests(COME_BACK), work))
                                .orElse(work)));
    }

    private Mono<Void> counted(Place place, int limit, Supplier<Problem> refusal, Mono<Void> work) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> take(place, limit)),
                taken -> taken ? work : Mono.error(refusal.get()),
                taken -> give(place, taken),
                (taken, fault) -> give(place, taken),
                taken -> give(place, taken));
    }

    /** Counts one more, if there is room. */
    private boolean take(Place place, int limit) {
        boolean[] taken = new boolean[1];
        inFlight.compute(place, (same, count) -> {
            int now = count == null ? 0 : count;
            taken[0] = now < limit;
            return taken[0] ? Integer.valueOf(now + 1) : count;
        });
        return taken[0];
    }

    private Mono<Void> give(Place place, boolean taken) {
        return Mono.fromRunnable(() -> {
            if (taken) {
                inFlight.computeIfPresent(place, (same, count) -> count == 1 ? null : Integer.valueOf(count - 1));
            }
        });
    }

    private Problem enough() {
        refused.increment();
        return Problem.unavailable("There is too much to do at this moment; try again.", COME_BACK);
    }
}
