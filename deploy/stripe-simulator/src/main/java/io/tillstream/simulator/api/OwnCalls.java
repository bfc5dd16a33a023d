package io.tillstream.simulator.api;

import io.tillstream.simulator.state.CanIgnoreReturnValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * The API from within: Stripe's own pages do what they do through the same endpoints. For use within a turn of the
 * timeline; what an endpoint refuses is thrown as a {@link StripeError}.
 */
@Component
public class OwnCalls {
    private final ObjectProvider<Routes> routes; // made of the resources, some of which call from here

    OwnCalls(ObjectProvider<Routes> routes) {
        this.routes = routes;
    }

    /** With parameters named as in a form, {@code card[number]}; those without a value are left out. */
    @CanIgnoreReturnValue
    public ObjectNode post(String path, Map<String, String> params) {
        return call("POST", path, encoded(params));
    }

    /** With parameters as a tree of texts; an empty one takes a value away. */
    @CanIgnoreReturnValue
    public ObjectNode post(String path, ObjectNode params) {
        return call("POST", path, new Params(params));
    }

    @CanIgnoreReturnValue
    public ObjectNode delete(String path) {
        return delete(path, Map.of());
    }

    @CanIgnoreReturnValue
    public ObjectNode delete(String path, Map<String, String> params) {
        return call("DELETE", path, encoded(params));
    }

    public ObjectNode get(String path) {
        return call("GET", path, "");
    }

    private ObjectNode call(String method, String path, String form) {
        return call(method, path, new Params(Form.read(form)));
    }

    private ObjectNode call(String method, String path, Params params) {
        Routes all = Objects.requireNonNull(routes.getObject());
        Routes.Match match = all.find(method, path);
        return all.handle(match.route(), new Call(path, false, params, match.variables()));
    }

    private static String encoded(Map<String, String> params) {
        return params.entrySet().stream()
                .filter(param -> !param.getValue().isEmpty())
                .map(param -> encoded(param.getKey()) + "=" + encoded(param.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
