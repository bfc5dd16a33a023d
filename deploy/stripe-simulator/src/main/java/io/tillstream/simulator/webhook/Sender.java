package io.tillstream.simulator.webhook;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.tillstream.simulator.state.Json;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.node.ObjectNode;

/** Posts one signed event. Signed with the time outside, whatever the simulator's clock says: so will it be checked. */
@Component
class Sender {
    private static final int CONNECT_MILLIS = 3_000; // the hosts are near
    private static final int MOST_CONNECTIONS = 200; // over all endpoints

    private final HttpClient http;

    Sender(DeliverySettings settings) {
        ConnectionProvider connections = ConnectionProvider.builder("deliveries")
                .maxConnections(MOST_CONNECTIONS)
                .maxIdleTime(Duration.ofSeconds(5))
                .build();
        this.http = HttpClient.create(connections)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .disableRetry(true)
                .followRedirect(false)
                .responseTimeout(settings.timeout());
    }

    Mono<Answer> send(Endpoint endpoint, ObjectNode event) {
        byte[] body = Json.prettyBytes(event);
        Instant start = Instant.now();
        return http.headers(headers -> headers.set("Content-Type", "application/json; charset=utf-8")
                        .set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
                        .set("Accept", "*/*; q=0.5, application/xml")
                        .set("Cache-Control", "no-cache")
                        .set("Content-Length", body.length)
                        .set("Stripe-Signature", Signature.header(endpoint.secret(), start.getEpochSecond(), body)))
                .post()
                .uri(endpoint.url())
                .send(ByteBufMono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                .responseSingle((response, content) ->
                        content.then(Mono.just(response.status().code())))
                .map(status -> Answer.status(start, status))
                .onErrorResume(error -> Mono.just(Answer.none(start, error)));
    }
}
