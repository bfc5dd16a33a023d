package io.tillstream.simulator.feature;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.product.Products;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/products/…/features}: which features come with a product. */
@Component
class ProductFeatures implements Resource {
    private static final String PRODUCT = "product"; // whose feature it is; never shown
    private static final String FEATURE = "entitlement_feature"; // its id, shown as the whole feature

    private final Features features;
    private final Products products;
    private final Store attached;

    ProductFeatures(Features features, Products products, Stores stores) {
        this.features = features;
        this.products = products;
        this.attached = stores.open("product_feature", "prodft", PRODUCT);
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/products/{id}/features", this::list).paged();
        routes.post("/v1/products/{id}/features", this::attach).takes(FEATURE);
        routes.get("/v1/products/{id}/features/{feature}", call -> shown(known(call)));
        routes.delete("/v1/products/{id}/features/{feature}", this::detach);
    }

    /** The features of a product at this moment. */
    Set<String> of(String product) {
        Set<String> ids = new LinkedHashSet<>();
        new Query(attached).where(PRODUCT, product).all().forEach(each -> ids.add(Json.textOf(each, FEATURE)));
        return ids;
    }

    private ObjectNode list(Call call) {
        products.living(call.variable("id"), "id");
        ObjectNode list = call.list(attached, new Query(attached).where(PRODUCT, call.variable("id")));
        ArrayNode data = (ArrayNode) list.get("data");
        for (JsonNode each : data) {
            var unused = shown((ObjectNode) each);
        }
        return list;
    }

    private ObjectNode attach(Call call) {
        String product = call.variable("id");
        products.living(product, "id");
        call.params().required(FEATURE);
        ObjectNode feature = Objects.requireNonNull(call.referenced(features.store(), FEATURE));
        String id = Json.textOf(feature, "id");
        if (of(product).contains(id)) {
            throw StripeError.invalid(
                    "resource_already_exists", "This feature has already been attached to this product.", FEATURE);
        }
        ObjectNode made = Json.object("product_feature", Ids.nextShort("prodft"));
        made.put(FEATURE, id).put("livemode", false).put(PRODUCT, product);
        attached.add(made);
        return shown(made);
    }

    private ObjectNode known(Call call) {
        String id = call.variable("feature");
        return attached.find(id)
                .filter(each -> Json.is(each, PRODUCT, call.variable("id")))
                .orElseThrow(() -> StripeError.missing("product_feature", id, "id"));
    }

    private ObjectNode detach(Call call) {
        String id = Json.textOf(known(call), "id");
        attached.delete(id, null);
        return Json.object("product_feature", id).put("deleted", true);
    }

    private ObjectNode shown(ObjectNode each) {
        each.remove(PRODUCT);
        each.set(FEATURE, features.store().get(Json.textOf(each, FEATURE)));
        return each;
    }
}
