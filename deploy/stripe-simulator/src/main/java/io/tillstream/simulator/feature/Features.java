package io.tillstream.simulator.feature;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/entitlements/features}: create, retrieve, update, list. */
@Component
class Features implements Resource {
    private static final int ID_LENGTH = 32; // longer than other ids, after feat_test_
    private static final int LONGEST = 80; // Stripe's limit of a name and of a lookup key

    private final Store features;

    Features(Stores stores) {
        this.features = stores.open("entitlements.feature", "feat", "lookup_key");
    }

    Store store() {
        return features;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/entitlements/features", this::list).paged().takes("archived", "lookup_key");
        routes.post("/v1/entitlements/features", this::create).takes("lookup_key", "name", "metadata.*");
        routes.get("/v1/entitlements/features/{id}", call -> call.object(features));
        routes.post("/v1/entitlements/features/{id}", this::update).takes("active", "name", "metadata.*");
    }

    private ObjectNode list(Call call) {
        boolean archived = call.params().isTrue("archived");
        return call.list(
                features,
                new Query(features)
                        .where("lookup_key", call.params().text("lookup_key"))
                        .where(feature -> Json.isTrue(feature, "active") != archived));
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        String name = limited(params, "name");
        String key = limited(params, "lookup_key");
        boolean taken = new Query(features)
                .where("lookup_key", key)
                .where(feature -> Json.isTrue(feature, "active"))
                .newest()
                .isPresent();
        if (taken) {
            throw StripeError.invalid(
                    "resource_already_exists",
                    "An active feature already uses the lookup key `" + key + "`.",
                    "lookup_key");
        }
        ObjectNode feature = Json.object("entitlements.feature", "feat_test_" + Ids.random(ID_LENGTH));
        feature.put("active", true).put("livemode", false).put("lookup_key", key);
        Metadata.apply(params, feature);
        features.add(feature.put("name", name));
        return feature;
    }

    private static String limited(Params params, String name) {
        String text = params.required(name);
        if (text.length() > LONGEST) {
            throw StripeError.malformed(null, "Invalid string: must be at most 80 characters", params.param(name));
        }
        return text;
    }

    private ObjectNode update(Call call) {
        Params params = call.params();
        Metadata.apply(params, call.object(features)); // a refused change must leave nothing behind
        Boolean active = params.flag("active");
        return features.update(call.variable("id"), feature -> {
                    Metadata.apply(params, feature);
                    if (params.has("name")) {
                        feature.put("name", limited(params, "name"));
                    }
                    if (active != null) {
                        feature.put("active", active);
                    }
                })
                .object();
    }
}
