package io.tillstream.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a service and a server it asks, and alters single requests on their way: the server then does something
 * else than it was asked for, and all that it tells of it agrees.
 */
public final class AlteringProxy implements AutoCloseable {

    /** What the client of the JDK sets itself, or refuses to be told. */
    private static final Set<String> OWN =
            Set.of("host", "connection", "content-length", "upgrade", "http2-settings", "expect");

    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newCachedThreadPool(AlteringProxy::daemon))
            .build();
    private final String target;
    private final HttpServer server;

    private record Change(String method, String pathEnd, UnaryOperator<String> body, Runnable beforeAnswer) {
        boolean fits(HttpExchange exchange) {
            return exchange.getRequestMethod().equals(method)
                    && exchange.getRequestURI().getPath().endsWith(pathEnd);
        }
    }

    private AlteringProxy(String target) {
        this.target = target;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool(AlteringProxy::daemon));
        server.createContext("/", this::pass);
        server.start();
    }

    /** Passes on to {@code url}; ends with this JVM. */
    public static AlteringProxy to(String url) {
        return new AlteringProxy(url);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The next request of this method, to a path with this end, arrives with another body. */
    public void next(String method, String pathEnd, UnaryOperator<String> body) {
        next(method, pathEnd, body, () -> {});
    }

    /** And something else happens after the server did it, before the client has the answer. */
    public void next(String method, String pathEnd, UnaryOperator<String> body, Runnable beforeAnswer) {
        changes.add(new Change(method, pathEnd, body, beforeAnswer));
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            Change change = taken(exchange);
            byte[] sent = exchange.getRequestBody().readAllBytes();
            byte[] body = change == null ? sent : altered(change, sent);
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()))
                    .method(
                            exchange.getRequestMethod(),
                            body.length == 0
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofByteArray(body));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!OWN.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (change != null) {
                change.beforeAnswer().run();
            }
            answer(exchange, answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Change taken(HttpExchange exchange) {
        return changes.stream().filter(change -> change.fits(exchange)).toList().stream()
                .filter(changes::remove)
                .findFirst()
                .orElse(null);
    }

    private static byte[] altered(Change change, byte[] body) {
        return change.body().apply(new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }

    private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException {
        answer.headers().map().forEach((name, values) -> {
            if (!List.of("content-length", "transfer-encoding", "connection", ":status")
                    .contains(name)) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        byte[] body = answer.body();
        exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "altered-requests");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
