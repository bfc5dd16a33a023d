package io.tillstream.simulator.checkout;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/payment_links}: an address that opens a Checkout Session of its own for whoever comes. */
@Component
class PaymentLinks implements Resource {
    private static final int MOST_LINES = 20; // Stripe's limit for a link

    /** What goes into each session as it is. */
    private static final List<String> PLAN =
            List.of("payment_intent_data", "subscription_data", "payment_method_types", "currency");

    /** What a session refuses in another mode than its own. */
    private static final List<String> OF_ONE_MODE = List.of("customer_creation", "payment_method_collection");

    private static final String[] BOTH = {
        "active",
        "after_completion.hosted_confirmation.custom_message",
        "after_completion.redirect.url",
        "after_completion.type",
        "allow_promotion_codes",
        "automatic_tax.enabled=false",
        "billing_address_collection=auto",
        "customer_creation",
        "inactive_message",
        "invoice_creation.enabled=false",
        "metadata.*",
        "payment_method_collection",
        "phone_number_collection.enabled=false",
        "restrictions.completed_sessions.limit",
        "submit_type=auto|pay",
        "tax_id_collection.enabled=false"
    };

    private final Timeline timeline;
    private final Events events;
    private final LineItems lines;
    private final Sessions sessions;
    private final OwnCalls stripe;
    private final PublicAddress address;
    private final Store links;
    private final StateMap<ObjectNode> plans;

    PaymentLinks(
            Timeline timeline,
            Events events,
            LineItems lines,
            Sessions sessions,
            OwnCalls stripe,
            PublicAddress address,
            Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.lines = lines;
        this.sessions = sessions;
        this.stripe = stripe;
        this.address = address;
        this.links = stores.open("payment_link", "plink");
        this.plans = stores.map("payment_link.plans", ObjectNode.class);
        links.includes("line_items", link -> firstLines(Json.textOf(link, "id")));
        events.follow((type, object) -> {
            if (type.equals("checkout.session.completed")) {
                count(Json.text(object, "payment_link"));
            }
        });
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/payment_links", this::create)
                .takesAnyOf(BOTH)
                .takes("currency", "line_items.price", "line_items.quantity", "payment_method_types")
                .takes("line_items.adjustable_quantity.enabled=false")
                .takes("payment_intent_data.capture_method", "payment_intent_data.description")
                .takes("payment_intent_data.metadata.*", "payment_intent_data.setup_future_usage")
                .takes("payment_intent_data.statement_descriptor", "payment_intent_data.statement_descriptor_suffix")
                .takes("payment_intent_data.transfer_group", "subscription_data.description")
                .takes("subscription_data.metadata.*", "subscription_data.trial_period_days")
                .takes("subscription_data.trial_settings.end_behavior.missing_payment_method");
        routes.get("/v1/payment_links", this::list).paged().takes("active");
        routes.get("/v1/payment_links/{id}", call -> call.object(links, "payment_link"));
        routes.post("/v1/payment_links/{id}", this::update).takesAnyOf(BOTH);
        routes.get("/v1/payment_links/{id}/line_items", this::lineItems).paged();
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        List<Params> wanted = params.children("line_items");
        if (wanted.isEmpty()) {
            throw StripeError.malformed("parameter_missing", "Missing required param: line_items.", "line_items");
        }
        if (wanted.size() > MOST_LINES) {
            throw StripeError.malformed(null, "You can only have up to 20 line items.", "line_items");
        }
        List<ObjectNode> sold = lines.read(params, timeline.now(), true);
        boolean recurring = sold.stream().anyMatch(line -> Json.is(line, "price.type", "recurring"));
        ObjectNode link = PaymentLinkJson.link(Ids.next("plink"), Json.textOf(sold.get(0), "currency"));
        String id = Json.textOf(link, "id");
        link.put("url", address.of("/b/" + id));
        link.put("customer_creation", recurring ? "always" : "if_required");
        apply(params, link);
        if (params.has("payment_method_types")) {
            link.set("payment_method_types", Json.array(params.texts("payment_method_types")));
        }
        ObjectNode plan = Json.object().put("mode", recurring ? "subscription" : "payment");
        for (String name : PLAN) {
            if (params.has(name)) {
                plan.set(name, params.raw(name));
            }
        }
        plan.set("line_items", params.raw("line_items").deepCopy());
        refuseUnpayable(plan, params);
        plans.put(id, plan);
        links.add(link);
        lines.keep(id, sold);
        events.emit("payment_link.created", link);
        return link;
    }

    /** A link is good for nothing if no session can be made of it. */
    private void refuseUnpayable(ObjectNode plan, Params params) {
        ObjectNode trial = plan.deepCopy().put("success_url", address.of("/b/trial"));
        for (String name : OF_ONE_MODE) {
            if (params.has(name)) {
                trial.set(name, params.raw(name));
            }
        }
        sessions.check(new Params(trial));
    }

    private static void apply(Params params, ObjectNode link) {
        for (String flag : new String[] {"active", "allow_promotion_codes"}) {
            Boolean given = params.flag(flag);
            if (given != null) {
                link.put(flag, given);
            }
        }
        for (String word : new String[] {
            "billing_address_collection", "customer_creation", "payment_method_collection", "submit_type"
        }) {
            String given = params.text(word);
            if (given != null) {
                link.put(word, given);
            }
        }
        params.copy(link, "inactive_message");
        PaymentLinkJson.completion(params.child("after_completion"), link);
        Params limit = params.child("restrictions");
        Params most = limit == null ? null : limit.child("completed_sessions");
        if (most != null) {
            ObjectNode of = link.putObject("restrictions").putObject("completed_sessions");
            of.put("count", 0).put("limit", most.requiredInteger("limit"));
        } else if (params.unset("restrictions")) {
            link.putNull("restrictions");
        }
        Metadata.apply(params, link);
    }

    private ObjectNode list(Call call) {
        Query query = new Query(links);
        Boolean active = call.params().flag("active");
        if (active != null) {
            query.where(link -> Json.isTrue(link, "active") == active);
        }
        return call.list(links, query);
    }

    private ObjectNode update(Call call) {
        apply(call.params(), call.object(links, "payment_link")); // a refused change must leave nothing behind
        Store.Change change = links.update(call.variable("id"), each -> apply(call.params(), each));
        events.changed("payment_link.updated", change);
        return change.object();
    }

    private ObjectNode lineItems(Call call) {
        call.object(links, "payment_link");
        return lines.page(call, call.variable("id"));
    }

    private ObjectNode firstLines(String id) {
        return lines.first("/v1/payment_links/" + id + "/line_items", id);
    }

    Store store() {
        return links;
    }

    /** A session for who opened the link; gives its address. */
    String open(ObjectNode link) {
        String id = Json.textOf(link, "id");
        ObjectNode wanted = Objects.requireNonNull(plans.get(id)).deepCopy();
        String redirect = Json.text(link.path("after_completion").path("redirect"), "url");
        wanted.put("success_url", redirect == null ? address.of("/b/" + id + "/completed") : redirect);
        if (Json.isTrue(link, "allow_promotion_codes")) {
            wanted.put("allow_promotion_codes", "true");
        }
        if (Json.is(wanted, "mode", "payment")) {
            wanted.put("customer_creation", Json.textOf(link, "customer_creation"));
        } else {
            wanted.put("payment_method_collection", Json.textOf(link, "payment_method_collection"));
        }
        ObjectNode metadata = wanted.putObject("metadata");
        metadata.setAll((ObjectNode) link.get("metadata"));
        String session = Json.textOf(stripe.post("/v1/checkout/sessions", wanted), "id");
        return Json.textOf(
                sessions.store()
                        .update(session, each -> each.put("payment_link", id))
                        .object(),
                "url");
    }

    /** The last session that a link may be paid by closes it. */
    private void count(@org.jspecify.annotations.Nullable String id) {
        if (id == null || links.find(id).isEmpty()) {
            return;
        }
        boolean limited =
                links.get(id).path("restrictions").path("completed_sessions").isObject();
        if (limited) {
            Store.Change change = links.update(id, each -> {
                ObjectNode of = (ObjectNode) each.get("restrictions").get("completed_sessions");
                long count = Json.number(of, "count") + 1;
                of.put("count", count);
                if (count >= Json.number(of, "limit")) {
                    each.put("active", false);
                }
            });
            events.changed("payment_link.updated", change);
        }
    }
}
