package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.state.Json;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code GET /v1/invoices/upcoming}: how a preview was asked for before 2025-03-31.basil
 * (docs.stripe.com/changelog/basil/2025-03-31/invoice-preview-api-deprecations).
 */
@Component
class UpcomingInvoice implements Resource {
    private static final String DETAILS = "subscription_";

    private final Previews previews;

    UpcomingInvoice(Previews previews) {
        this.previews = previews;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/invoices/upcoming", call -> previews.preview(new Params(newer(call.params()))))
                .takes("customer", "currency", "subscription", "discounts.coupon", "discounts.promotion_code")
                .takes("discounts.discount", "subscription_items.id", "subscription_items.price")
                .takes("subscription_items.quantity", "subscription_items.deleted")
                .takes("subscription_billing_cycle_anchor", "subscription_cancel_at")
                .takes("subscription_cancel_at_period_end", "subscription_cancel_now")
                .takes("subscription_proration_behavior", "subscription_proration_date", "subscription_trial_end");
    }

    /** The same in the parameters of {@code POST /v1/invoices/create_preview}. */
    private static ObjectNode newer(Params params) {
        ObjectNode newer = Json.object();
        ObjectNode details = Json.object();
        for (Map.Entry<String, JsonNode> given : params.tree().properties()) {
            String name = given.getKey();
            if (name.startsWith(DETAILS)) {
                details.set(name.substring(DETAILS.length()), given.getValue());
            } else if (!name.equals("expand")) {
                newer.set(name, given.getValue());
            }
        }
        if (!details.isEmpty()) {
            newer.set("subscription_details", details);
        }
        return newer;
    }
}
