package io.tillstream.simulator.webhook;

import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Resettable;
import io.tillstream.simulator.state.Resumable;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/webhook_endpoints}: who wants to hear which events. */
@Component
class WebhookEndpoints implements Resource, Resettable, Resumable {
    private static final int MOST_ENDPOINTS = 16; // Stripe's limit
    private static final int SECRET_LENGTH = 32;
    private static final Pattern EVENT = Pattern.compile("\\A[a-z0-9_]++(?:\\.[a-z0-9_]++)++");

    private final Timeline timeline;
    private final DeliverySettings settings;
    private final Store endpoints;
    private final StateMap<String> secrets; // apart: an endpoint shows its secret only once
    private final StateMap<Boolean> configured; // the one of the settings

    WebhookEndpoints(Timeline timeline, DeliverySettings settings, Stores stores) {
        this.timeline = timeline;
        this.settings = settings;
        this.endpoints = stores.open("webhook_endpoint", "we");
        this.secrets = stores.map("webhook_endpoint.secrets", String.class);
        this.configured = stores.map("webhook_endpoint.configured", Boolean.class);
        addConfigured();
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/webhook_endpoints", call -> call.list(endpoints, new Query(endpoints)))
                .paged();
        routes.post("/v1/webhook_endpoints", this::create)
                .takes("url", "enabled_events", "api_version", "description", "metadata.*", "connect=false");
        routes.get("/v1/webhook_endpoints/{id}", call -> call.object(endpoints));
        routes.post("/v1/webhook_endpoints/{id}", this::update)
                .takes("url", "enabled_events", "description", "metadata.*", "disabled");
        routes.delete("/v1/webhook_endpoints/{id}", this::delete);
    }

    /** The enabled endpoints that want events of this type, oldest first. */
    List<Endpoint> wanting(String type) {
        if (endpoints.count() == 0) {
            return List.of();
        }
        return new Query(endpoints)
                .all().stream()
                        .filter(endpoint -> Endpoint.isEnabled(endpoint) && Endpoint.wants(endpoint, type))
                        .map(this::known)
                        .sorted(Comparator.comparing(Endpoint::id))
                        .toList();
    }

    /** The endpoint as it is now; empty if it is gone or disabled. */
    Optional<Endpoint> enabled(String id) {
        return endpoints.find(id).filter(Endpoint::isEnabled).map(this::known);
    }

    boolean exists(String id) {
        return endpoints.find(id).isPresent();
    }

    private Endpoint known(ObjectNode endpoint) {
        return Endpoint.read(endpoint, secrets.getOrDefault(Json.textOf(endpoint, "id"), ""));
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        String url = acceptable(params.required("url"));
        ObjectNode endpoint = fresh(url, enabledEvents(params));
        if (endpoints.count() >= MOST_ENDPOINTS) {
            throw StripeError.invalid(
                    null, "You have reached the maximum of 16 test webhook endpoints for your account.", null);
        }
        params.copy(endpoint, "api_version", "description");
        Metadata.apply(params, endpoint);
        return add(endpoint, "whsec_" + Ids.random(SECRET_LENGTH));
    }

    private ObjectNode fresh(String url, List<String> enabledEvents) {
        ObjectNode endpoint = Json.object("webhook_endpoint", Ids.next("we"));
        endpoint.putNull("api_version").putNull("application").put("created", timeline.now());
        endpoint.putNull("description").set("enabled_events", Json.array(enabledEvents));
        endpoint.put("livemode", false).putObject("metadata");
        return endpoint.put("status", "enabled").put("url", url);
    }

    @CanIgnoreReturnValue
    private ObjectNode add(ObjectNode endpoint, String secret) {
        endpoints.add(endpoint);
        secrets.put(Json.textOf(endpoint, "id"), secret);
        return endpoint.put("secret", secret);
    }

    private ObjectNode update(Call call) {
        ObjectNode endpoint = call.object(endpoints);
        Params params = call.params();
        if (params.has("url")) {
            endpoint.put("url", acceptable(params.required("url")));
        }
        if (params.has("enabled_events")) {
            endpoint.set("enabled_events", Json.array(enabledEvents(params)));
        }
        params.copy(endpoint, "description");
        Metadata.apply(params, endpoint);
        Boolean disabled = params.flag("disabled");
        if (disabled != null) {
            endpoint.put("status", disabled ? "disabled" : "enabled");
        }
        return endpoints
                .update(Json.textOf(endpoint, "id"), object -> object.setAll(endpoint))
                .object();
    }

    private ObjectNode delete(Call call) {
        String id = Json.textOf(call.object(endpoints), "id");
        endpoints.delete(id, null);
        secrets.remove(id);
        return Json.object("webhook_endpoint", id).put("deleted", true);
    }

    private String acceptable(String url) {
        if (!settings.mayReach(url)) {
            throw StripeError.malformed(
                    "url_invalid",
                    "Invalid URL: this simulator sends to this machine and to the hosts in"
                            + " SIMULATOR_WEBHOOK_HOSTS only.",
                    "url");
        }
        return url;
    }

    private static List<String> enabledEvents(Params params) {
        List<String> events = params.texts("enabled_events");
        if (events.isEmpty()) {
            throw StripeError.malformed(
                    "parameter_missing", "Missing required param: enabled_events.", "enabled_events");
        }
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).equals("*") && events.size() == 1) {
                continue;
            }
            if (!EVENT.matcher(events.get(i)).matches()) {
                throw StripeError.malformed(
                        null, "Invalid enabled_events[" + i + "]: " + events.get(i), "enabled_events[" + i + "]");
            }
        }
        return events;
    }

    /** The endpoint with this address takes all events under this secret from now on. */
    ObjectNode register(String url, String secret) {
        String acceptable = acceptable(url);
        @Nullable
        ObjectNode same = new Query(endpoints)
                .where(endpoint -> Json.is(endpoint, "url", acceptable))
                .newest()
                .orElse(null);
        if (same == null) {
            return add(fresh(acceptable, List.of("*")), secret);
        }
        secrets.put(Json.textOf(same, "id"), secret);
        return same;
    }

    private void addConfigured() {
        if (!settings.url().isEmpty()) {
            ObjectNode endpoint = fresh(settings.url(), List.of("*")).put("api_version", SimulatorSettings.API_VERSION);
            add(endpoint, settings.secret());
            configured.put(Json.textOf(endpoint, "id"), true);
        }
    }

    /** The endpoint of the settings is where they say now. */
    @Override
    public void resume() {
        Optional<String> known = configured.keys().stream().filter(this::exists).findFirst();
        if (known.isEmpty()) {
            addConfigured();
        } else if (!settings.url().isEmpty()) {
            endpoints.update(known.get(), endpoint -> endpoint.put("url", settings.url())
                    .put("api_version", SimulatorSettings.API_VERSION));
            secrets.put(known.get(), settings.secret());
        }
    }

    @Override
    public void reset() {
        addConfigured();
    }
}
