package io.tillstream.gateway.flow;

import io.netty.channel.ChannelOption;
import io.tillstream.gateway.GatewaySettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** The services' metrics of this moment. However many look, each service is asked once a second at most. */
@Component
class ServiceMetrics {

    private static final Duration KEPT = Duration.ofSeconds(1);
    private static final Duration WAIT = Duration.ofSeconds(2); // a picture that is late is no picture of now
    private static final int LARGEST = 4 * 1024 * 1024;

    private final WebClient web;
    private final Map<String, URI> services;
    private final Mono<Map<String, Optional<MetricSamples>>> now;

    ServiceMetrics(GatewaySettings settings, WebClient.Builder builder) {
        this.services = settings.services().all();
        HttpClient http = HttpClient.create()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_000)
                .responseTimeout(WAIT);
        this.web = builder.clone()
                .clientConnector(new ReactorClientHttpConnector(http))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(LARGEST))
                .build();
        this.now = Mono.defer(this::ask).cache(found -> KEPT, fault -> Duration.ZERO, () -> Duration.ZERO);
    }

    /** By service; nothing of one that does not answer. */
    Mono<Map<String, Optional<MetricSamples>>> now() {
        return now;
    }

    private Mono<Map<String, Optional<MetricSamples>>> ask() {
        return Flux.fromIterable(services.entrySet())
                .flatMap(service -> ask(service.getValue()).map(samples -> Map.entry(service.getKey(), samples)))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private Mono<Optional<MetricSamples>> ask(URI service) {
        return web.get()
                .uri(service + "/actuator/prometheus")
                .retrieve()
                .bodyToMono(String.class)
                .timeout(WAIT)
                .map(text -> Optional.of(MetricSamples.read(text)))
                .onErrorReturn(Optional.empty())
                .defaultIfEmpty(Optional.empty());
    }
}
