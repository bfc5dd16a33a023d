package io.tillstream.simulator.checkout;

import io.tillstream.simulator.checkout.SessionCustomers.Buyer;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** A session becomes complete: it says who bought, what came of it, and that is told. */
@Component
class SessionCompletion {
    private final Sessions sessions;
    private final SessionPlans plans;
    private final SessionDiscounts discounts;
    private final Events events;
    private final StateMap<Buyer> buyers;

    SessionCompletion(Sessions sessions, SessionPlans plans, SessionDiscounts discounts, Events events, Stores stores) {
        this.sessions = sessions;
        this.plans = plans;
        this.discounts = discounts;
        this.events = events;
        this.buyers = stores.map("checkout.buyers", Buyer.class);
    }

    void remember(String session, Buyer buyer) {
        buyers.put(session, buyer);
    }

    void complete(String id, String paymentStatus) {
        complete(id, paymentStatus, session -> {});
    }

    void complete(String id, String paymentStatus, Consumer<ObjectNode> result) {
        Buyer buyer = buyers.remove(id);
        Store.Change change = sessions.store().update(id, session -> {
            session.put("status", "complete")
                    .put("payment_status", paymentStatus)
                    .putNull("url");
            session.putNull("client_secret");
            String customer = plans.newCustomers().get(id);
            if (customer != null) {
                session.put("customer", customer);
            }
            if (buyer != null) {
                session.set("customer_details", details(buyer));
            }
            ObjectNode presentment = AdaptivePricing.presentment(session);
            if (presentment != null) {
                session.set("presentment_details", presentment);
            }
            result.accept(session);
        });
        plans.forget(id);
        if (Json.is(change.object(), "mode", "payment")) {
            discounts.redeem(change.object());
        }
        events.emit("checkout.session.completed", change.object());
    }

    private static ObjectNode details(Buyer buyer) {
        ObjectNode details = Json.object();
        details.putObject("address")
                .putNull("city")
                .put("country", orNull(buyer.country()))
                .putNull("line1")
                .putNull("line2")
                .put("postal_code", orNull(buyer.postalCode()))
                .putNull("state");
        details.putNull("business_name").put("email", orNull(buyer.email())).putNull("individual_name");
        details.put("name", orNull(buyer.name())).putNull("phone").put("tax_exempt", "none");
        details.putArray("tax_ids");
        return details;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
