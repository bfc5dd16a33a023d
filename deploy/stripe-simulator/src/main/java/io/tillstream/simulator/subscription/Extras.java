package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What is sold once together with a subscription: {@code add_invoice_items}. */
@Component
class Extras {
    private static final int MOST_EXTRAS = 20; // Stripe's limit

    private final SubscriptionItems items;
    private final Costs costs;

    Extras(SubscriptionItems items, Costs costs) {
        this.items = items;
        this.costs = costs;
    }

    List<InvoiceLine> lines(Params params, ObjectNode subscription, long now) {
        List<Params> given = params.children("add_invoice_items");
        if (given.size() > MOST_EXTRAS) {
            throw StripeError.malformed(null, "You may pass up to 20 items.", "add_invoice_items");
        }
        List<InvoiceLine> lines = new ArrayList<>();
        for (Params extra : given) {
            ObjectNode price = items.price(extra, "price");
            if (price.path("recurring").isObject()) {
                throw StripeError.invalid(
                        null,
                        "The price specified is set to `type=recurring` but this field only accepts prices with"
                                + " `type=one_time`.",
                        extra.param("price"));
            }
            long quantity = Objects.requireNonNullElse(extra.integer("quantity"), 1L);
            lines.add(costs.extra(
                    price, quantity, Json.textOf(subscription, "id"), Json.textOf(subscription, "currency"), now));
        }
        return lines;
    }
}
