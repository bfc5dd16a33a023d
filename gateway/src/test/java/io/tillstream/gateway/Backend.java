package io.tillstream.gateway;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tillstream.testing.FreePort;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A service that tells what it was asked. */
final class Backend implements AutoCloseable {

    record Seen(String method, String uri, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
        }
    }

    final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final String name;
    private final int port;
    private ChannelGroup connections;
    private DisposableServer server;
    volatile BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> answer;

    Backend(String name) {
        this.name = name;
        this.answer = this::named;
        this.port = FreePort.any(); // still free when it starts anew: nobody who connects anywhere is lent it
        this.server = start(port);
    }

    private DisposableServer start(int at) {
        connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        return HttpServer.create()
                .host("127.0.0.1")
                .port(at)
                .channelGroup(connections)
                .handle(this::handle)
                .bindNow();
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** As a process that ends: connections that are kept alive end too. */
    void stop() {
        connections.close().awaitUninterruptibly();
        server.disposeNow();
    }

    void restart() {
        server = start(port);
    }

    void reset() {
        seen.clear();
        answer = this::named;
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        return request.receive().aggregate().asString().defaultIfEmpty("").flatMap(body -> {
            Map<String, String> headers = new java.util.TreeMap<>();
            request.requestHeaders()
                    .forEach(header ->
                            headers.put(header.getKey().toLowerCase(java.util.Locale.ROOT), header.getValue()));
            seen.add(new Seen(request.method().name(), request.uri(), headers, body));
            return Mono.from(answer.apply(request, response));
        });
    }

    Publisher<Void> named(HttpServerRequest request, HttpServerResponse response) {
        return response.status(200)
                .header("Content-Type", "application/json")
                .header("X-Request-Id", "from-backend")
                .sendString(Mono.just("{\"service\":\"" + name + "\"}"));
    }

    @Override
    public void close() {
        stop();
    }
}
