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
import java.util.function.Function;
import java.util.function.Predicate;
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

    /** Stripe's name of a request that was refused on its way. */
    public static final String REFUSED = "req_refusedOnTheWay";

    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final Queue<Alteration> alterations = new ConcurrentLinkedQueue<>();
    private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newCachedThreadPool(AlteringProxy::daemon))
            .build();
    private final String target;
    private final HttpServer server;

    /** Which requests are meant: of this method, to such a path, with this in the body. */
    private record Meant(String method, Predicate<String> path, String content) {
        static Meant end(String method, String pathEnd, String content) {
            return new Meant(method, path -> path.endsWith(pathEnd), content);
        }

        boolean fits(HttpExchange exchange, String body) {
            return exchange.getRequestMethod().equals(method)
                    && path.test(exchange.getRequestURI().getPath())
                    && body.contains(content);
        }
    }

    private record Change(Meant meant, UnaryOperator<String> body, Runnable beforeAnswer) {}

    private record Alteration(Meant meant, UnaryOperator<String> answer) {
        byte[] of(byte[] body) {
            return answer.apply(new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        }
    }

    private record Refusal(Meant meant, int status, String body, Runnable beforeAnswer) {}

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
        next(method, pathEnd, "", body, beforeAnswer);
    }

    /** Of those requests only that have {@code content} in their body. */
    public void next(String method, String pathEnd, String content, UnaryOperator<String> body, Runnable beforeAnswer) {
        changes.add(new Change(Meant.end(method, pathEnd, content), body, beforeAnswer));
    }

    /** The next request of this method, to a path with this end, does not arrive: it is answered with 400 and this JSON. */
    public void refuses(String method, String pathEnd, String body) {
        refuses(method, pathEnd, 400, body);
    }

    /** And is answered with this status. */
    public void refuses(String method, String pathEnd, int status, String body) {
        refusals.add(new Refusal(Meant.end(method, pathEnd, ""), status, body, () -> {}));
    }

    /** Of those requests only that have {@code content} in their body; and something else happens before the answer. */
    public void refuses(String method, String pathEnd, String content, String body, Runnable beforeAnswer) {
        refusals.add(new Refusal(Meant.end(method, pathEnd, content), 400, body, beforeAnswer));
    }

    /** The next request of this method, to a path with this beginning, does not arrive: it is answered with this JSON. */
    public void answers(String method, String pathStart, String body) {
        refusals.add(new Refusal(new Meant(method, path -> path.startsWith(pathStart), ""), 200, body, () -> {}));
    }

    /** The next request of this method, to a path with this beginning, is answered by the server, and its answer altered on its way back. */
    public void alters(String method, String pathStart, UnaryOperator<String> answer) {
        alterations.add(new Alteration(new Meant(method, path -> path.startsWith(pathStart), ""), answer));
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] sent = exchange.getRequestBody().readAllBytes();
            String text = new String(sent, StandardCharsets.UTF_8);
            Refusal refusal = taken(refusals, Refusal::meant, exchange, text);
            if (refusal != null) {
                refusal.beforeAnswer().run();
                byte[] no = refusal.body().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.getResponseHeaders().set("Request-Id", REFUSED);
                exchange.sendResponseHeaders(refusal.status(), no.length);
                exchange.getResponseBody().write(no);
                return;
            }
            Change change = taken(changes, Change::meant, exchange, text);
            Alteration alteration = taken(alterations, Alteration::meant, exchange, text);
            byte[] body = change == null ? sent : change.body().apply(text).getBytes(StandardCharsets.UTF_8);
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
            answer(exchange, answer, alteration == null ? answer.body() : alteration.of(answer.body()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> @Nullable T taken(
            Queue<T> planned, Function<T, Meant> meant, HttpExchange exchange, String body) {
        return planned.stream().filter(one -> meant.apply(one).fits(exchange, body)).toList().stream()
                .filter(planned::remove)
                .findFirst()
                .orElse(null);
    }

    private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer, byte[] body) throws IOException {
        answer.headers().map().forEach((name, values) -> {
            if (!List.of("content-length", "transfer-encoding", "connection", ":status")
                    .contains(name)) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
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
