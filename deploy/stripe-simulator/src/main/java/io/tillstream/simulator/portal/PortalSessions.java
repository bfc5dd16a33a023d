package io.tillstream.simulator.portal;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/billing_portal/sessions}: an address that is good for a short while, for one customer. */
@Component
class PortalSessions implements Resource {
    static final String PATH = "/p/session/";
    private static final long UNUSED = Duration.ofMinutes(5).toSeconds(); // Stripe's, until it is opened
    private static final long IDLE = Duration.ofHours(1).toSeconds(); // Stripe's, after it was used last
    private static final int SECRET_LENGTH = 48; // nobody guesses it

    private final Timeline timeline;
    private final Events events;
    private final PublicAddress address;
    private final PortalConfigurations configurations;
    private final Customers customers;
    private final Store sessions;
    private final StateMap<Long> used;

    PortalSessions(
            Timeline timeline,
            Events events,
            PublicAddress address,
            PortalConfigurations configurations,
            Customers customers,
            Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.address = address;
        this.configurations = configurations;
        this.customers = customers;
        this.sessions = stores.open("billing_portal.session", "bps", "url");
        this.used = stores.map("portal.used", Long.class);
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/billing_portal/sessions", this::create)
                .takes("configuration", "customer", "locale", "return_url")
                .takes("flow_data.after_completion.hosted_confirmation.custom_message")
                .takes("flow_data.after_completion.redirect.return_url", "flow_data.after_completion.type")
                .takes("flow_data.subscription_cancel.subscription", "flow_data.subscription_update.subscription")
                .takes("flow_data.subscription_update_confirm.items.id")
                .takes("flow_data.subscription_update_confirm.items.price")
                .takes("flow_data.subscription_update_confirm.items.quantity")
                .takes("flow_data.subscription_update_confirm.subscription", "flow_data.type");
    }

    /** The session of an address, if that is still good; using it keeps it so. */
    Optional<ObjectNode> open(String secret) {
        ObjectNode session = new Query(sessions)
                .where("url", address.of(PATH + secret))
                .newest()
                .orElse(null);
        if (session == null) {
            return Optional.empty();
        }
        String id = Json.textOf(session, "id");
        Long last = used.get(id);
        long until = last == null ? Json.number(session, "created") + UNUSED : last + IDLE;
        if (timeline.now() > until) {
            return Optional.empty();
        }
        used.put(id, timeline.now());
        return Optional.of(session);
    }

    ObjectNode configuration(ObjectNode session) {
        return configurations.store().get(Json.textOf(session, "configuration"));
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        String customer = params.required("customer");
        call.referenced(customers.store(), "customer");
        ObjectNode standard = configurations.standard();
        ObjectNode chosen = call.referenced(configurations.store(), "configuration");
        ObjectNode configuration = chosen == null ? standard : chosen;
        ObjectNode session = Json.object("billing_portal.session", Ids.next("bps"));
        session.put("configuration", Json.textOf(configuration, "id")).put("created", timeline.now());
        session.put("customer", customer).putNull("customer_account");
        Params flow = params.child("flow_data");
        session.set("flow", flow == null ? null : flow(flow));
        session.put("livemode", false).put("locale", params.text("locale")).putNull("on_behalf_of");
        EmailAndUrlCheck.refuseBadUrl(params, "return_url");
        String back = params.text("return_url");
        session.put("return_url", back == null ? Json.text(configuration, "default_return_url") : back);
        session.put("url", address.of(PATH + "test_" + Ids.random(SECRET_LENGTH)));
        sessions.add(session);
        events.emit("billing_portal.session.created", session);
        return session;
    }

    private static ObjectNode flow(Params params) {
        params.required("type");
        String type = params.oneOf(
                "type",
                "payment_method_update",
                "subscription_cancel",
                "subscription_update",
                "subscription_update_confirm");
        ObjectNode flow = Json.object();
        flow.set("after_completion", after(params.child("after_completion")));
        for (String name : new String[] {"subscription_cancel", "subscription_update", "subscription_update_confirm"}) {
            Params given = params.child(name);
            if (name.equals(type) && given == null) {
                throw StripeError.malformed(
                        "parameter_missing", "Missing required param: " + params.param(name) + ".", params.param(name));
            }
            flow.set(name, given == null ? null : of(name, given));
        }
        return flow.put("type", type);
    }

    private static ObjectNode of(String name, Params given) {
        ObjectNode about = Json.object();
        if (name.equals("subscription_cancel")) {
            about.putNull("retention");
        }
        if (name.equals("subscription_update_confirm")) {
            about.putNull("discounts");
            ArrayNode items = about.putArray("items");
            for (Params item : given.children("items")) {
                Long quantity = item.integer("quantity");
                items.addObject()
                        .put("id", item.required("id"))
                        .put("price", item.text("price"))
                        .put("quantity", quantity);
            }
        }
        return about.put("subscription", given.required("subscription"));
    }

    private static ObjectNode after(@Nullable Params given) {
        ObjectNode after = Json.object().putNull("hosted_confirmation").putNull("redirect");
        if (given == null) {
            return after.put("type", "portal_homepage");
        }
        Params redirect = given.child("redirect");
        if (redirect != null) {
            EmailAndUrlCheck.refuseBadUrl(redirect, "return_url");
            after.putObject("redirect").put("return_url", redirect.required("return_url"));
        }
        Params confirmation = given.child("hosted_confirmation");
        if (confirmation != null) {
            after.putObject("hosted_confirmation").put("custom_message", confirmation.text("custom_message"));
        }
        return after.put("type", given.oneOf("type", "hosted_confirmation", "portal_homepage", "redirect"));
    }
}
