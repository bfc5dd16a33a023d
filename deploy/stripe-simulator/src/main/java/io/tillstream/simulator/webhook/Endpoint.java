package io.tillstream.simulator.webhook;

import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.state.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An endpoint that takes events. */
record Endpoint(String id, String url, String secret, String apiVersion) {

    static Endpoint read(ObjectNode endpoint, String secret) {
        String version = Json.text(endpoint, "api_version");
        return new Endpoint(
                Json.textOf(endpoint, "id"),
                Json.textOf(endpoint, "url"),
                secret,
                version == null ? SimulatorSettings.API_VERSION : version);
    }

    static boolean isEnabled(ObjectNode endpoint) {
        return Json.is(endpoint, "status", "enabled");
    }

    static boolean wants(ObjectNode endpoint, String type) {
        for (JsonNode enabled : endpoint.path("enabled_events")) {
            if (enabled.asString().equals("*") || enabled.asString().equals(type)) {
                return true;
            }
        }
        return false;
    }
}
