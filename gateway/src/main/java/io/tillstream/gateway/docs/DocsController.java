package io.tillstream.gateway.docs;

import io.swagger.v3.oas.annotations.Hidden;
import io.tillstream.gateway.GatewaySettings;
import java.util.Locale;
import org.springdoc.webflux.api.OpenApiWebfluxResource;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One document of everything the gateway answers; {@code /docs} shows it. */
@RestController
@Hidden
class DocsController {

    private final OpenApiWebfluxResource own;
    private final ServiceDocuments services;
    private final GatewaySettings settings;
    private final JsonMapper json;

    DocsController(OpenApiWebfluxResource own, ServiceDocuments services, GatewaySettings settings, JsonMapper json) {
        this.own = own;
        this.services = services;
        this.settings = settings;
        this.json = json;
    }

    @GetMapping(path = "/docs/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<JsonNode> document(ServerHttpRequest request) {
        return Mono.zip(base(request), services.all(), (base, documents) -> {
            MergedDocument merged = new MergedDocument(base);
            // In the order of the settings, so that the page looks the same each time.
            for (String service : settings.services().all().keySet()) {
                JsonNode document = documents.get(service);
                if (document != null) {
                    merged.add(service, document);
                }
            }
            return merged.json();
        });
    }

    private Mono<JsonNode> base(ServerHttpRequest request) {
        try {
            return own.openapiJson(request, "/v3/api-docs", Locale.ENGLISH).map(json::readTree);
        } catch (Exception e) {
            return Mono.error(e);
        }
    }
}
