package io.tillstream.web.calls;

import io.netty.channel.ChannelOption;
import io.tillstream.web.RequestIdAttribute;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Makes clients for calls to our other services: with a service token, the request id, the trace and time-outs. */
public final class InternalCalls {

    private static final int CONNECT_MILLIS = 1_000; // same network
    private static final Duration ANSWER = Duration.ofSeconds(12); // a service's own limit; the gateway waits 15 s
    private static final int ANSWER_BYTES = 512 * 1024; // a page of 100 rows is far below
    private static final int CONNECTIONS = 100;
    private static final int WAITING = 200; // for a connection; more would only time out
    private static final Duration WAIT = Duration.ofSeconds(2); // for a connection

    private final WebClient.Builder builder;
    private final ServiceTokens tokens;
    private final HttpClient http;

    public InternalCalls(WebClient.Builder builder, ServiceTokens tokens) {
        this.builder = builder;
        this.tokens = tokens;
        ConnectionProvider connections = ConnectionProvider.builder("internal")
                .maxConnections(CONNECTIONS)
                .pendingAcquireMaxCount(WAITING)
                .pendingAcquireTimeout(WAIT)
                .maxIdleTime(Duration.ofSeconds(30)) // servers close after 75 s
                .build();
        this.http = HttpClient.create(connections)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .responseTimeout(ANSWER);
    }

    /** A client for one service; errors come as WebClient's exceptions and become 503 if nobody handles them. */
    public WebClient to(String baseUrl) {
        return builder.clone()
                .baseUrl(baseUrl)
                .clientConnector(new ReactorClientHttpConnector(http))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(ANSWER_BYTES))
                .filter(this::withTokenAndId)
                .build();
    }

    private Mono<ClientResponse> withTokenAndId(ClientRequest request, ExchangeFunction next) {
        return Mono.deferContextual(context -> tokens.token().flatMap(token -> {
            ClientRequest named = ClientRequest.from(request)
                    .headers(headers -> {
                        headers.setBearerAuth(token);
                        String id = context.getOrDefault(RequestIdAttribute.KEY, "");
                        if (id != null && !id.isEmpty() && !headers.containsHeader(RequestIdAttribute.HEADER)) {
                            headers.set(RequestIdAttribute.HEADER, id);
                        }
                        headers.remove(HttpHeaders.COOKIE);
                    })
                    .build();
            return next.exchange(named).doOnNext(response -> {
                if (response.statusCode() == HttpStatus.UNAUTHORIZED) {
                    tokens.refused(token);
                }
            });
        }));
    }
}
