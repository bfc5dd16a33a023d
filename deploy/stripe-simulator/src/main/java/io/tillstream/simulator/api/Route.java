package io.tillstream.simulator.api;

import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.surface.Operation;
import io.tillstream.simulator.surface.Refusal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import tools.jackson.databind.node.ObjectNode;

/** One endpoint: who may call it, with which parameters, and what it does. */
public final class Route {
    private static final List<String> PAGING =
            List.of("limit", "starting_after", "ending_before", "created", "created.*");

    /** What Stripe.js adds to each of its requests. */
    private static final List<String> FROM_BROWSER = List.of(
            "mandate_data[customer_acceptance][online][infer_from_client]",
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

    private final String method;
    private final PathPattern pattern;
    private final Handler handler;
    private final Operation operation;
    private final Done done = new Done();
    private final Set<String> shared = new HashSet<>();
    private boolean openToBrowsers;
    private @Nullable String contentType;

    Route(String method, PathPattern pattern, Handler handler, Operation operation) {
        this.method = method;
        this.pattern = pattern;
        this.handler = handler;
        this.operation = operation;
        done.add("expand");
    }

    /**
     * The parameters that are done here: {@code a} for a value or a list of values, {@code a.b} for one within an object
     * or within each object of a list, {@code a.*} for all below, {@code a=x|y} for some values only. What else Stripe
     * has is refused by name, and what Stripe does not have cannot be named here.
     */
    @CanIgnoreReturnValue
    public Route takes(String... names) {
        for (String name : names) {
            if (!isStripes(done.add(name))) {
                throw new IllegalArgumentException(pattern + ": Stripe has no parameter " + name);
            }
        }
        return this;
    }

    /** The same for names that several operations share, not all of which have every one. */
    @CanIgnoreReturnValue
    public Route takesAnyOf(String... names) {
        for (String name : names) {
            shared.add(done.add(name));
        }
        return this;
    }

    /** The same within an object. */
    @CanIgnoreReturnValue
    public Route takesWithin(String object, List<String> names) {
        names.forEach(name -> shared.add(done.add(object + "." + name)));
        return this;
    }

    /** Whether it was named together with others' parameters, so that this operation need not have it. */
    boolean shares(String name) {
        return shared.contains(name) || name.equals("expand") || PAGING.contains(name);
    }

    /** Whether a parameter is one of Stripe's, or an object of Stripe's that has some. */
    boolean isStripes(String name) {
        return operation.names().stream().anyMatch(each -> each.equals(name) || each.startsWith(name + "."));
    }

    /** A list with Stripe's paging, and {@code created} where Stripe has it. */
    @CanIgnoreReturnValue
    public Route paged() {
        PAGING.forEach(done::add);
        return this;
    }

    /** Answers with bytes of this type, given by {@link Call#bytes}, and not with JSON. */
    @CanIgnoreReturnValue
    public Route answers(String type) {
        contentType = type;
        return this;
    }

    @Nullable
    String contentType() {
        return contentType;
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

    boolean isRead() {
        return method.equals("GET");
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

    /** The parameters that Stripe has here, and those of them that are done. */
    Operation operation() {
        return operation;
    }

    Done done() {
        return done;
    }

    void refuseWrong(ObjectNode given, boolean publishable) {
        Predicate<String> besides = publishable ? Route::isFromBrowser : name -> false;
        operation
                .refusal(given, besides)
                .or(() -> done.refusal(operation.values(given), besides))
                .or(() -> publishable ? Optional.empty() : operation.missing(given))
                .ifPresent(refusal -> {
                    throw error(refusal);
                });
    }

    /** Once all is done: the first parameter that nothing was made of. A shop that is not told so believes that it works. */
    Optional<Refusal> ignored(Params params) {
        Set<String> ignored = params.ignored();
        ignored.removeIf(name -> isFromBrowser(name) || name.startsWith("expand"));
        return ignored.isEmpty() ? Optional.empty() : done.refusalOfIgnored(operation.values(params.given()), ignored);
    }

    static StripeError error(Refusal refusal) {
        return StripeError.malformed(refusal.code(), refusal.message(), refusal.param());
    }

    static boolean isFromBrowser(String name) {
        return FROM_BROWSER.contains(name) || name.startsWith("client_attribution_metadata");
    }
}
