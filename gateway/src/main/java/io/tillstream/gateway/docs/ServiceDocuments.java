package io.tillstream.gateway.docs;

import io.netty.channel.ChannelOption;
import io.tillstream.gateway.GatewaySettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The services' own OpenAPI documents, asked for again now and then; of a service that is down the last known one. */
@Component
class ServiceDocuments {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceDocuments.class);
    private static final Duration WAIT = Duration.ofSeconds(10); // a service builds its document at the first asking
    private static final Duration KEPT = Duration.ofSeconds(60);
    private static final Duration SHORTLY = Duration.ofSeconds(5); // while a service is down
    private static final int LARGEST = 4 * 1024 * 1024;

    private final Map<String, JsonNode> known = new ConcurrentHashMap<>();
    private final Map<String, URI> services;
    private final WebClient web;
    private final JsonMapper json;
    private final Mono<Map<String, JsonNode>> documents;

    ServiceDocuments(GatewaySettings settings, WebClient.Builder builder, JsonMapper json) {
        this.services = settings.services().all();
        this.json = json;
        HttpClient http = HttpClient.create()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_000)
                .responseTimeout(WAIT);
        this.web = builder.clone()
                .clientConnector(new ReactorClientHttpConnector(http))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(LARGEST))
                .build();
        this.documents = Mono.defer(this::ask)
                .cache(
                        found -> found.size() == services.size() ? KEPT : SHORTLY,
                        fault -> Duration.ZERO,
                        () -> Duration.ZERO);
    }

    /** By service name; a service that never answered is missing. */
    Mono<Map<String, JsonNode>> all() {
        return documents;
    }

    private Mono<Map<String, JsonNode>> ask() {
        return Flux.fromIterable(services.entrySet())
                .flatMap(service -> ask(service.getKey(), service.getValue()))
                .then(Mono.fromSupplier(() -> Map.copyOf(known)));
    }

    private Mono<Void> ask(String name, URI url) {
        return web.get()
                .uri(url + "/v3/api-docs")
                .retrieve()
                .bodyToMono(String.class)
                .map(json::readTree)
                .doOnNext(document -> known.put(name, document))
                .onErrorResume(fault -> {
                    LOG.warn("No API document of {}: {}", name, fault.toString());
                    return Mono.empty();
                })
                .then();
    }
}
