package io.tillstream.simulator.search;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/…/search} of the seven resources that have it. Stripe finds an object within a minute, the stand-in at once. */
@Component
class SearchResource implements Resource {
    private static final Map<String, String> TYPES = Map.of(
            "charges", "charge",
            "customers", "customer",
            "invoices", "invoice",
            "payment_intents", "payment_intent",
            "prices", "price",
            "products", "product",
            "subscriptions", "subscription");

    private final Stores stores;

    SearchResource(Stores stores) {
        this.stores = stores;
    }

    @Override
    public void addTo(Routes routes) {
        TYPES.forEach(
                (resource, type) -> routes.get("/v1/" + resource + "/search", call -> search(call, resource, type))
                        .takes("query", "limit", "page"));
    }

    private ObjectNode search(Call call, String resource, String type) {
        Predicate<ObjectNode> wanted = SearchQuery.read(resource, call.params().required("query"));
        Store store = stores.ofType(type).orElseThrow();
        Query query = new Query(store).where(wanted);
        Query.Slice page = query.after(call.limit(), after(call.params().text("page")))
                .orElseThrow(() -> StripeError.malformed(null, "Invalid page.", "page"));
        ObjectNode found = Json.object().put("object", "search_result");
        ArrayNode data = found.putArray("data");
        page.objects().forEach(data::add);
        found.put("has_more", page.hasMore()).put("next_page", page.hasMore() ? token(page.objects()) : null);
        if (call.params().texts("expand").contains("total_count")) {
            found.put("total_count", query.all().size());
        }
        return found.put("url", call.url());
    }

    private static String token(List<ObjectNode> shown) {
        String last = Json.textOf(shown.get(shown.size() - 1), "id");
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String after(@Nullable String page) {
        try {
            return page == null ? null : new String(Base64.getUrlDecoder().decode(page), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw StripeError.malformed(null, "Invalid page.", "page");
        }
    }
}
