package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Discounts and promotion codes as they were until 2025-09-30 (clover): with their coupon, whole
 * (docs.stripe.com/changelog/clover/2025-09-30/add-discount-source-property and /polymorphic-coupon).
 */
@Component
class BeforeClover {
    private final Stores stores;

    BeforeClover(Stores stores) {
        this.stores = stores;
    }

    /** Wherever in an object they stand. */
    void render(JsonNode node) {
        if (node instanceof ObjectNode object) {
            switch (String.valueOf(Json.text(object, "object"))) {
                case "discount" -> couponOf(object, "source");
                case "promotion_code" -> couponOf(object, "promotion");
                default -> {
                    // What it holds may be one.
                }
            }
        }
        node.forEach(this::render);
    }

    private void couponOf(ObjectNode object, String newer) {
        @Nullable String coupon = Json.text(object, newer + ".coupon");
        if (coupon != null) {
            stores.find("coupon", coupon).ifPresent(found -> object.set("coupon", found));
            object.remove(newer);
        }
    }
}
