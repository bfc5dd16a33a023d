package io.tillstream.simulator.api;

import io.tillstream.simulator.state.CanIgnoreReturnValue;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One endpoint: who may call it, with which parameters, and what it does. */
public final class Route {
    private static final List<String> ALWAYS = List.of("expand");
    private static final List<String> PAGING = List.of(
            "limit",
            "starting_after",
            "ending_before",
            "created",
            "created.gt",
            "created.gte",
            "created.lt",
            "created.lte");

    /** What Stripe.js adds to each of its requests. */
    private static final List<String> FROM_BROWSER = List.of(
            "key",
            "_stripe_version",
            "_stripe_account",
            "client_secret",
            "use_stripe_sdk",
            "payment_user_agent",
            "referrer",
            "time_on_page",
            "guid",
            "muid",
            "sid",
            "pasted_fields");

    private final PathPattern pattern;
    private final Handler handler;
    private final Set<String> params = new LinkedHashSet<>(ALWAYS);
    private boolean openToBrowsers;

    Route(PathPattern pattern, Handler handler) {
        this.pattern = pattern;
        this.handler = handler;
    }

    /**
     * The parameters that it knows: {@code a} for a value or a list of values, {@code a.b} for one within an object or
     * within each object of a list, {@code a.*} for anything below. Any other is refused.
     */
    @CanIgnoreReturnValue
    public Route takes(String... names) {
        params.addAll(List.of(names));
        return this;
    }

    /** A list with Stripe's paging and {@code created}. */
    @CanIgnoreReturnValue
    public Route paged() {
        params.addAll(PAGING);
        return this;
    }

    /** May be called with a publishable key too. */
    @CanIgnoreReturnValue
    public Route openToBrowsers() {
        openToBrowsers = true;
        return this;
    }

    boolean isOpenToBrowsers() {
        return openToBrowsers;
    }

    PathPattern pattern() {
        return pattern;
    }

    Handler handler() {
        return handler;
    }

    @Nullable
    Map<String, String> match(PathContainer path) {
        PathPattern.PathMatchInfo match = pattern.matchAndExtract(path);
        return match == null ? null : match.getUriVariables();
    }

    void refuseUnknown(Params given, boolean publishable) {
        Set<String> unknown = new LinkedHashSet<>();
        collectUnknown(given.tree(), "", "", unknown);
        if (publishable) {
            unknown.removeIf(name -> FROM_BROWSER.contains(name) || name.startsWith("client_attribution_metadata"));
        }
        if (!unknown.isEmpty()) {
            throw StripeError.malformed(
                    "parameter_unknown",
                    "Received unknown parameter" + (unknown.size() > 1 ? "s: " : ": ") + String.join(", ", unknown),
                    unknown.iterator().next());
        }
    }

    private void collectUnknown(ObjectNode tree, String path, String shown, Set<String> unknown) {
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            String name = field.getKey();
            boolean element = !path.isEmpty() && name.chars().allMatch(Character::isDigit);
            String below = element ? path : path.isEmpty() ? name : path + "." + name;
            String full = shown.isEmpty() ? name : shown + "[" + name + "]";
            if (params.contains(below + ".*")) {
                continue;
            }
            if (field.getValue() instanceof ObjectNode nested) {
                collectUnknown(nested, below, full, unknown);
            } else if (!params.contains(below) && !(field.getValue().asString().isEmpty() && isObject(below))) {
                unknown.add(full);
            }
        }
    }

    private boolean isObject(String path) {
        return params.stream().anyMatch(name -> name.startsWith(path + "."));
    }
}
