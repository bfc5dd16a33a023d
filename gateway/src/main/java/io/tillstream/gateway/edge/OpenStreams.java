package io.tillstream.gateway.edge;

import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Problem;
import java.security.Principal;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Bounds how many requests of one user, and of one address, wait for a settlement at the same time, and how long each
 * of them lives. A place is free again as soon as its client is gone.
 */
@Component
@Order(-45) // after the rates of users
class OpenStreams implements WebFilter {

    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final String WAITING = "/settlement";

    private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();
    private final GatewaySettings.Streams limits;

    OpenStreams(GatewaySettings settings) {
        this.limits = settings.streams();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!waits(exchange.getRequest().getPath().value())) {
            return chain.filter(exchange);
        }
        String address = "address " + exchange.getAttributeOrDefault(OutsideHeaders.ADDRESS, "unknown");
        return exchange.getPrincipal()
                .map(Principal::getName)
                .defaultIfEmpty("")
                .flatMap(user -> counted(
                        "user " + user,
                        limits.perUser(),
                        counted(address, limits.perAddress(), Mono.defer(() -> chain.filter(exchange)
                                .takeUntilOther(Mono.delay(limits.longest()))))));
    }

    /** In whatever spelling: one that no service serves costs its caller a place until the 404, one that is not counted all of us. */
    private static boolean waits(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.regionMatches(true, end - WAITING.length(), WAITING, 0, WAITING.length());
    }

    private Mono<Void> counted(String key, int most, Mono<Void> work) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> take(key, most)),
                taken -> taken ? work : Mono.error(Problem.tooManyRequests(WAIT)),
                taken -> give(key, taken),
                (taken, fault) -> give(key, taken),
                taken -> give(key, taken));
    }

    /** Counts one more, if there is room. */
    private boolean take(String key, int most) {
        boolean[] taken = new boolean[1];
        open.compute(key, (same, count) -> {
            int now = count == null ? 0 : count;
            taken[0] = now < most;
            return taken[0] ? Integer.valueOf(now + 1) : count;
        });
        return taken[0];
    }

    private Mono<Void> give(String key, boolean taken) {
        return Mono.fromRunnable(() -> {
            if (taken) {
                open.computeIfPresent(key, (same, count) -> count == 1 ? null : Integer.valueOf(count - 1));
            }
        });
    }
}
