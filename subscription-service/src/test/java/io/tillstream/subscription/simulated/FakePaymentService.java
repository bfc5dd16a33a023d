package io.tillstream.subscription.simulated;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Knows who is who at Stripe, as payment-service does. */
public final class FakePaymentService {

    private final Simulator stripe;
    private final HttpServer server;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<String, String> customers = new ConcurrentHashMap<>();

    FakePaymentService(Simulator stripe) {
        this.stripe = stripe;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newFixedThreadPool(8, work -> {
            Thread thread = new Thread(work, "payment-service");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/internal/customers/", this::customer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    String customerOf(String userId) {
        return customers.computeIfAbsent(userId, user -> stripe.post(
                        "/v1/customers", "metadata[user_id]=" + user + "&metadata[env]=test&metadata[generation]=1")
                .path("id")
                .asString());
    }

    private void customer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String user = URLDecoder.decode(path.substring(path.lastIndexOf('/') + 1), StandardCharsets.UTF_8);
        JsonNode known = JSON.readTree(exchange.getRequestBody().readAllBytes());
        customers.remove(user, known.path("gone").asString(""));
        byte[] body = ("{\"userId\":\"" + user + "\",\"stripeCustomerId\":\"" + customerOf(user) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
