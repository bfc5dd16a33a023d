package io.tillstream.subscription.catalog;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A Product as Stripe has it.
 *
 * @param name null where Stripe says only that it is deleted
 * @see <a href="https://docs.stripe.com/api/products/object">Stripe: the Product object</a>
 */
record ProductState(
        String id,
        boolean deleted,
        @Nullable String name,
        String description,
        boolean active,
        List<String> features,
        @Nullable String defaultPrice) {

    static ProductState read(JsonNode product) {
        String id = StripeJson.text(product, "id");
        if (id == null) {
            throw new UnreadableEvent("Product without id");
        }
        String description = StripeJson.text(product, "description");
        List<String> features = new ArrayList<>();
        JsonNode told =
                product.has("marketing_features") ? product.path("marketing_features") : product.path("features");
        for (JsonNode feature : told) { // the name that it had until 2024-04-10
            String name = StripeJson.text(feature, "name");
            if (name != null) {
                features.add(name);
            }
        }
        return new ProductState(
                id,
                product.path("deleted").asBoolean(false),
                StripeJson.text(product, "name"),
                description == null ? "" : description,
                product.path("active").asBoolean(false),
                features,
                StripeJson.id(product, "default_price"));
    }

    ProductState asDeleted() {
        return new ProductState(id, true, name, description, false, features, defaultPrice);
    }

    /** What of it plans follow. */
    String fingerprint() {
        return deleted ? "deleted" : active + "\n" + name + "\n" + description;
    }
}
