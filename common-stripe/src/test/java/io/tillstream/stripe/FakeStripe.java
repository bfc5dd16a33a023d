package io.tillstream.stripe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that gives the answers it was told to, in turn; the last one for ever. */
final class FakeStripe implements AutoCloseable {

    static final String INTENT = "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"status\":\"succeeded\","
            + "\"amount\":1999,\"currency\":\"usd\",\"client_secret\":\"pi_1_secret_x\"}";

    /** What is asked below it is answered at once, and not written down. */
    private static final String AT_ONCE = "/v1/payment_intents/pi_warm";

    record Reply(int status, String body, long delayMillis, boolean replayed) {}

    final List<String> keys = new CopyOnWriteArrayList<>();
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    FakeStripe() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.createContext(AT_ONCE, exchange -> send(exchange, new Reply(200, INTENT, 0, false)));
        server.start();
    }

    FakeStripe then(int status, String body) {
        replies.add(new Reply(status, body, 0, false));
        return this;
    }

    FakeStripe thenReplayed(int status, String body) {
        replies.add(new Reply(status, body, 0, true));
        return this;
    }

    FakeStripe thenAfter(long millis) {
        replies.add(new Reply(200, INTENT, millis, false));
        return this;
    }

    /** What was asked and planned. */
    void forget() {
        replies.clear();
        keys.clear();
    }

    static String error(String type, String code, String more) {
        return "{\"error\":{\"type\":\"" + type + "\",\"code\":\"" + code + "\",\"message\":\"No.\"" + more + "}}";
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        keys.add(key == null ? "" : key);
        Reply reply = replies.size() > 1 ? replies.remove() : replies.element();
        try {
            Thread.sleep(reply.delayMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        send(exchange, reply);
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Request-Id", "req_1");
        if (reply.replayed()) {
            exchange.getResponseHeaders().add("Idempotent-Replayed", "true");
        }
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow(); // an answer that nobody waits for any more
    }
}
