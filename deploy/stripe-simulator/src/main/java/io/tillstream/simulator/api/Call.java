package io.tillstream.simulator.api;

import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request as a resource sees it.
 *
 * @param publishable whether it came with a publishable key, as a browser's requests do
 * @param params of the query or the body
 * @param variables of the address
 */
public record Call(String url, boolean publishable, Params params, Map<String, String> variables) {
    static final String BYTES = "bytes";
    private static final int USUAL_PAGE = 10; // Stripe's default
    private static final int LONGEST_PAGE = 100; // Stripe's limit

    public String variable(String name) {
        return Objects.requireNonNull(variables.get(name));
    }

    /** The object whose id is {@code {id}} in the address. */
    @CanIgnoreReturnValue
    public ObjectNode object(Store store) {
        return object(store, "id");
    }

    /** The same, with the name that Stripe's error gives the id, as {@code intent} for intents. */
    @CanIgnoreReturnValue
    public ObjectNode object(Store store, String param) {
        String id = variable("id");
        return store.find(id).orElseThrow(() -> StripeError.missing(store.type(), id, param));
    }

    /** The object that a parameter names; null if the parameter is absent. */
    @CanIgnoreReturnValue
    public @Nullable ObjectNode referenced(Store store, String param) {
        String id = params.text(param);
        if (id == null) {
            return null;
        }
        return store.find(id)
                .filter(found -> !Json.isTrue(found, "deleted"))
                .orElseThrow(() -> StripeError.missingReference(store.type(), id, params.param(param)));
    }

    /** A page of what the query finds, by {@code limit}, {@code starting_after}, {@code ending_before}, {@code created}. */
    public ObjectNode list(Store store, Query query) {
        createdWithin(query);
        String after = params.text("starting_after");
        String before = params.text("ending_before");
        if (after != null && before != null) {
            throw StripeError.malformed(
                    null, "You can only provide one of starting_after or ending_before.", "starting_after");
        }
        Query.Slice slice = (before == null ? query.after(limit(), after) : query.before(limit(), before))
                .orElseThrow(() -> StripeError.missingReference(
                        store.type(),
                        Objects.requireNonNull(after == null ? before : after),
                        after == null ? "ending_before" : "starting_after"));
        return list(url, slice);
    }

    /** The answer of a route that {@link Route#answers} with bytes. */
    public static ObjectNode bytes(byte[] content) {
        return Json.object().put(BYTES, Base64.getEncoder().encodeToString(content));
    }

    public static ObjectNode list(String url, Query.Slice slice) {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        slice.objects().forEach(data::add);
        return list.put("has_more", slice.hasMore()).put("url", url);
    }

    public int limit() {
        Long limit = params.integer("limit");
        if (limit == null) {
            return USUAL_PAGE;
        }
        if (limit > LONGEST_PAGE) {
            throw limitError("less than or equal to 100", limit);
        }
        if (limit < 1) {
            throw limitError("greater than or equal to 1", limit);
        }
        return limit.intValue();
    }

    private static StripeError limitError(String rule, long limit) {
        return StripeError.malformed(
                "parameter_invalid_integer",
                "This value must be " + rule + " (it currently is '" + limit + "').",
                "limit");
    }

    /** {@code created=n} or {@code created[gt|gte|lt|lte]=n}. */
    public void createdWithin(Query query) {
        if (!params.has("created")) {
            return;
        }
        if (params.isText("created")) {
            Long at = params.integer("created");
            if (at != null) {
                query.created(at, at);
            }
            return;
        }
        Params range = Objects.requireNonNull(params.child("created"));
        Long gt = range.integer("gt");
        Long gte = range.integer("gte");
        Long lt = range.integer("lt");
        Long lte = range.integer("lte");
        query.created(gt == null ? Long.MIN_VALUE : gt + 1, lt == null ? Long.MAX_VALUE : lt - 1);
        query.created(gte == null ? Long.MIN_VALUE : gte, lte == null ? Long.MAX_VALUE : lte);
    }
}
