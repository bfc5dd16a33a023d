package io.tillstream.simulator.api;

import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.surface.Operation;
import io.tillstream.simulator.surface.RequestSurface;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.util.pattern.PathPatternParser;
import tools.jackson.databind.node.ObjectNode;

/** All endpoints of Stripe's API that are simulated. */
@Component
public final class Routes {
    /** Parameters that name what something is done for. */
    private static final List<String> OWNERS = List.of(
            "test_clock",
            "customer",
            "subscription",
            "invoice",
            "from_subscription",
            "payment_intent",
            "charge",
            "from_invoice");

    private final Map<String, List<Route>> byMethod = new HashMap<>();
    private final RequestSurface surface;

    /** An endpoint and what the address says. */
    record Match(Route route, Map<String, String> variables) {}

    private final BillingTime time;

    Routes(List<Resource> resources, RequestSurface surface, BillingTime time) {
        this.surface = surface;
        this.time = time;
        resources.forEach(resource -> resource.addTo(this));
        byMethod.values().forEach(routes -> routes.sort(Comparator.comparing(Route::pattern)));
    }

    @CanIgnoreReturnValue
    public Route get(String path, Handler handler) {
        return add("GET", path, handler);
    }

    @CanIgnoreReturnValue
    public Route post(String path, Handler handler) {
        return add("POST", path, handler);
    }

    @CanIgnoreReturnValue
    public Route delete(String path, Handler handler) {
        return add("DELETE", path, handler);
    }

    private Route add(String method, String path, Handler handler) {
        Operation operation = surface.operation(method, path)
                .orElseThrow(() -> new IllegalArgumentException("Stripe has no " + method + " " + path));
        Route route = new Route(method, PathPatternParser.defaultInstance.parse(path), handler, operation);
        byMethod.computeIfAbsent(method, unseen -> new ArrayList<>()).add(route);
        return route;
    }

    /** Has an endpoint do what was asked, by the clock of the customer that it is about. */
    ObjectNode handle(Route route, Call call) {
        return time.ofFirst(about(call), () -> route.handler().handle(call));
    }

    /** The same for who asks from outside, and may change nothing while that clock moves. */
    ObjectNode handleOutside(Route route, Call call) {
        if (!route.isRead()) {
            refuseWhileAdvancing(about(call));
        }
        return handle(route, call);
    }

    private static List<String> about(Call call) {
        List<String> about = new ArrayList<>(call.variables().values());
        OWNERS.forEach(name -> about.addAll(call.params().named(name)));
        return about;
    }

    private void refuseWhileAdvancing(List<String> about) {
        time.advancing(about).ifPresent(clock -> {
            throw StripeError.of(
                    429,
                    "invalid_request_error",
                    "rate_limit",
                    "Test clock advancement underway - cannot perform modifications: " + clock);
        });
    }

    /** By method and pattern, {@code POST /v1/refunds/{}}. */
    Map<String, Route> all() {
        Map<String, Route> all = new TreeMap<>();
        byMethod.forEach((method, routes) -> routes.forEach(route ->
                all.put(method + " " + route.pattern().getPatternString().replaceAll("\\{[^{}]*}", "{}"), route)));
        return all;
    }

    Match find(String method, String path) {
        PathContainer container = PathContainer.parsePath(path);
        for (Route route : byMethod.getOrDefault(method, List.of())) {
            Map<String, String> variables = route.match(container);
            if (variables != null) {
                return new Match(route, variables);
            }
        }
        if (surface.has(method, path)) {
            throw notSimulated(method, path);
        }
        throw StripeError.of(
                404,
                "invalid_request_error",
                null,
                "Unrecognized request URL (" + method + ": " + path
                        + "). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.");
    }

    /** Of what Stripe itself has, or may have: all of its second API is such. */
    static StripeError notSimulated(String method, String path) {
        String whose = path.startsWith("/v2/")
                ? ". It does nothing of Stripe's API v2."
                : ". Stripe itself has this operation.";
        return StripeError.of(
                404,
                "invalid_request_error",
                "operation_not_simulated",
                "The stand-in for Stripe does not do " + method + " " + path + whose);
    }
}
