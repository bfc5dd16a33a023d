package io.tillstream.simulator.dashboard;

import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** A bank gives a customer a new card, and the card network tells Stripe: saved cards go on working. */
@Component
class NetworkUpdates {
    private static final int RENEWED_FOR = 3; // years, as banks do

    private final PaymentMethods methods;
    private final Events events;

    NetworkUpdates(PaymentMethods methods, Events events) {
        this.methods = methods;
        this.events = events;
    }

    /** With {@code exp_month}, {@code exp_year} and {@code last4}, all optional. */
    @CanIgnoreReturnValue
    ObjectNode update(String id, ObjectNode wanted) {
        ObjectNode method = methods.store().find(id).orElseThrow(() -> new IllegalArgumentException("no " + id));
        if (!Json.is(method, "type", "card") || !Json.present(method, "customer")) {
            throw new IllegalArgumentException(id + " is not a saved card");
        }
        Store.Change change = methods.store().update(id, each -> {
            ObjectNode card = (ObjectNode) each.get("card");
            long year = wanted.path("exp_year").asLong(Json.number(card, "exp_year") + RENEWED_FOR);
            card.put("exp_year", year);
            card.put("exp_month", wanted.path("exp_month").asLong(Json.number(card, "exp_month")));
            @Nullable String lastFour = Json.text(wanted, "last4");
            if (lastFour != null) {
                card.put("last4", lastFour);
            }
        });
        events.emit("payment_method.automatically_updated", change.object(), change.previous());
        return change.object();
    }
}
