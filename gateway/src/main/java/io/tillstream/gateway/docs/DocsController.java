package io.tillstream.gateway.docs;

import io.swagger.v3.oas.annotations.Hidden;
import io.tillstream.gateway.GatewaySettings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springdoc.webflux.api.OpenApiWebfluxResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
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
    private final PublishedDocument published;

    DocsController(OpenApiWebfluxResource own, ServiceDocuments services, GatewaySettings settings, JsonMapper json) {
        this.own = own;
        this.services = services;
        this.settings = settings;
        this.json = json;
        this.published = new PublishedDocument(json);
    }

    @GetMapping(path = "/docs/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<String>> document(ServerHttpRequest request) {
        return services.all()
                .flatMap(documents -> published.of(inOrder(documents), Mono.defer(() -> base(request))))
                .map(version -> ResponseEntity.ok()
                        .eTag(version.etag())
                        .cacheControl(CacheControl.noCache())
                        .body(version.text()));
    }

    /** In the order of the settings, so that the page looks the same each time. */
    private Map<String, JsonNode> inOrder(Map<String, JsonNode> documents) {
        Map<String, JsonNode> ordered = new LinkedHashMap<>();
        for (String service : settings.services().all().keySet()) {
            JsonNode document = documents.get(service);
            if (document != null) {
                ordered.put(service, document);
            }
        }
        return ordered;
    }

    private Mono<JsonNode> base(ServerHttpRequest request) {
        try {
            return own.openapiJson(request, "/v3/api-docs", Locale.ENGLISH).map(json::readTree);
        } catch (Exception e) {
            return Mono.error(e);
        }
    }
}
