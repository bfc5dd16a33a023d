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
import java.util.Set;
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
    private final Map<String, String> emails = new ConcurrentHashMap<>();
    private final Map<String, String> beingMade = new ConcurrentHashMap<>();
    private final Set<String> otherPages = ConcurrentHashMap.newKeySet();
    private final Map<String, String> madeFor = new ConcurrentHashMap<>(); // former ones too

    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
    private final Set<String> askedWhose = ConcurrentHashMap.newKeySet();

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
        return customers.computeIfAbsent(userId, user -> {
            String customer = stripe.post(
                            "/v1/customers", "metadata[user_id]=" + user + "&metadata[env]=test&metadata[generation]=1")
                    .path("id")
                    .asString();
            madeFor.put(customer, user);
            return customer;
        });
    }

    void isBeingMade(String userId, String customer) {
        beingMade.put(userId, customer);
    }

    /** A page of another kind was opened under the key of this id. */
    public void openedAnotherPage(String pageKey) {
        otherPages.add(pageKey);
    }

    /** To whose customer one is, there is this answer from now on; 200: what is so. */
    void answersWith(String userId, int status) {
        refusals.put(userId, status);
    }

    /** Whether anybody asked whose a customer is. */
    boolean wasAskedWhose(String customer) {
        return askedWhose.contains(customer);
    }

    void isMade(String userId, String customer) {
        customers.put(userId, customer);
        madeFor.put(customer, userId);
        beingMade.remove(userId);
    }

    private String owns(String user, String customer) {
        boolean owns = user.equals(madeFor.get(customer));
        return owns || !beingMade.containsKey(user) ? ",\"owns\":" + owns : "";
    }

    /** What the user's token said, the last time a customer was asked for. */
    public String emailOf(String userId) {
        return emails.getOrDefault(userId, "");
    }

    private JsonNode saved(String user, String paymentMethod) {
        return stripe.post("/v1/payment_methods/" + paymentMethod + "/attach", "customer=" + customerOf(user));
    }

    private void customer(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getRawPath().split("/");
        String user = URLDecoder.decode(path[3], StandardCharsets.UTF_8);
        if (exchange.getRequestMethod().equals("GET")) {
            String named = exchange.getRequestURI().getQuery().replace("stripeCustomerId=", "");
            askedWhose.add(named);
            int status = refusals.getOrDefault(user, 200);
            answer(exchange, status, status != 200 ? "{}" : "{\"userId\":\"" + user + "\"" + owns(user, named) + "}");
            return;
        }
        String pageKey = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        if (pageKey != null && otherPages.contains(pageKey)) {
            answer(exchange, 422, "{\"code\":\"idempotency-key-reused\"}");
            return;
        }
        JsonNode asked = JSON.readTree(exchange.getRequestBody().readAllBytes());
        boolean saves = path.length > 4 && path[4].equals("payment-methods");
        JsonNode card = saves ? saved(user, asked.path("paymentMethodId").asString()) : JSON.createObjectNode();
        customers.remove(user, asked.path("gone").asString(""));
        if (asked.hasNonNull("email")) {
            emails.put(user, asked.path("email").asString());
        }
        answer(
                exchange,
                card.has("error") ? 404 : 200,
                card.has("error")
                        ? "{\"code\":\"not-found\",\"missing\":" + asked.path("paymentMethodId") + "}"
                        : saves
                                ? "{\"paymentMethodId\":\"" + card.path("id").asString() + "\"}"
                                : "{\"userId\":\"" + user + "\",\"stripeCustomerId\":\"" + customerOf(user) + "\"}");
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
