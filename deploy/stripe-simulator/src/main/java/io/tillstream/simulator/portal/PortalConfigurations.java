package io.tillstream.simulator.portal;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/billing_portal/configurations}: what customers may do. There is always one, the account's own. */
@Component
class PortalConfigurations implements Resource {
    private static final String[] PARAMS = {
        "active",
        "business_profile.*",
        "default_return_url",
        "features.customer_update.allowed_updates",
        "features.customer_update.enabled",
        "features.invoice_history.enabled",
        "features.payment_method_update.enabled",
        "features.subscription_cancel.cancellation_reason.enabled",
        "features.subscription_cancel.cancellation_reason.options",
        "features.subscription_cancel.enabled",
        "features.subscription_cancel.mode",
        "features.subscription_cancel.proration_behavior",
        "features.subscription_update.billing_cycle_anchor",
        "features.subscription_update.default_allowed_updates",
        "features.subscription_update.enabled",
        "features.subscription_update.products.adjustable_quantity.enabled",
        "features.subscription_update.products.adjustable_quantity.maximum",
        "features.subscription_update.products.adjustable_quantity.minimum",
        "features.subscription_update.products.prices",
        "features.subscription_update.products.product",
        "features.subscription_update.proration_behavior",
        "features.subscription_update.schedule_at_period_end.conditions.type",
        "features.subscription_update.trial_update_behavior",
        "login_page.enabled=false",
        "metadata.*",
        "name"
    };
    private static final ObjectNode PROFILE =
            Json.literal("{'headline':null,'privacy_policy_url':null,'terms_of_service_url':null}");

    private final Timeline timeline;
    private final Events events;
    private final Store configurations;

    PortalConfigurations(Timeline timeline, Events events, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.configurations = stores.open("billing_portal.configuration", "bpc");
    }

    @Override
    public void addTo(Routes routes) {
        String all = "/v1/billing_portal/configurations";
        routes.get(all, this::list).paged().takes("active", "is_default");
        routes.post(all, this::create).takesAnyOf(PARAMS);
        routes.get(all + "/{id}", call -> call.object(configurations, "configuration"));
        routes.post(all + "/{id}", this::update).takesAnyOf(PARAMS);
    }

    Store store() {
        return configurations;
    }

    /** The account's own, as it is set up in the Dashboard. */
    ObjectNode standard() {
        return new Query(configurations)
                .where(each -> Json.isTrue(each, "is_default"))
                .newest()
                .orElseGet(() -> {
                    ObjectNode made = fresh().put("is_default", true);
                    made.set("features", PortalFeatures.usual());
                    configurations.add(made);
                    return made;
                });
    }

    private ObjectNode list(Call call) {
        ObjectNode unused = standard();
        Query query = new Query(configurations);
        Boolean active = call.params().flag("active");
        Boolean standard = call.params().flag("is_default");
        if (active != null) {
            query.where(each -> Json.isTrue(each, "active") == active);
        }
        if (standard != null) {
            query.where(each -> Json.isTrue(each, "is_default") == standard);
        }
        return call.list(configurations, query);
    }

    private ObjectNode create(Call call) {
        ObjectNode unused = standard(); // the account's own is older than any other
        Params features = call.params().child("features");
        if (features == null) {
            throw StripeError.malformed("parameter_missing", "Missing required param: features.", "features");
        }
        ObjectNode made = fresh();
        apply(call.params(), made);
        configurations.add(made);
        events.emit("billing_portal.configuration.created", made);
        return made;
    }

    private ObjectNode fresh() {
        long now = timeline.now();
        ObjectNode made = Json.object("billing_portal.configuration", Ids.next("bpc"))
                .put("active", true)
                .putNull("application");
        made.set("business_profile", PROFILE.deepCopy());
        made.put("created", now).putNull("default_return_url");
        made.set("features", PortalFeatures.none());
        made.put("is_default", false).put("livemode", false);
        made.putObject("login_page").put("enabled", false).putNull("url");
        made.putObject("metadata");
        return made.putNull("name").put("updated", now);
    }

    private ObjectNode update(Call call) {
        ObjectNode known = call.object(configurations, "configuration");
        apply(call.params(), known); // a refused change must leave nothing behind
        Store.Change change = configurations.update(
                call.variable("id"), each -> each.setAll(known).put("updated", timeline.now()));
        events.changed("billing_portal.configuration.updated", change);
        return change.object();
    }

    private static void apply(Params params, ObjectNode configuration) {
        Boolean active = params.flag("active");
        if (active != null) {
            configuration.put("active", active);
        }
        Params profile = params.child("business_profile");
        if (profile != null) {
            EmailAndUrlCheck.refuseBadUrl(profile, "privacy_policy_url");
            EmailAndUrlCheck.refuseBadUrl(profile, "terms_of_service_url");
        }
        EmailAndUrlCheck.refuseBadUrl(params, "default_return_url");
        params.copyObject(configuration, "business_profile", PROFILE);
        params.copy(configuration, "default_return_url", "name");
        Params features = params.child("features");
        if (features != null) {
            PortalFeatures.apply(features, (ObjectNode) configuration.get("features"));
        }
        Metadata.apply(params, configuration);
    }
}
