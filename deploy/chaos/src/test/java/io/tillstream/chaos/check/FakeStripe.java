package io.tillstream.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stripe's lists and the simulator's journals with what the test put there, and a service's metrics. Pages are small. */
final class FakeStripe implements AutoCloseable {
    private static final int PAGE = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    final Map<String, List<ObjectNode>> lists = new HashMap<>();
    final ObjectNode deliveriesState = JSON.createObjectNode();
    final AtomicInteger onTheirWay = new AtomicInteger(); // looks at which a delivery is underway, from now on
    final Set<String> broken = new HashSet<>(); // paths that answer 500
    String metrics = "resilience4j_circuitbreaker_state{name=\"stripe\",state=\"open\"} 0.0\n";

    private final HttpServer server;

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer waits for the kernel's timer
    }

    FakeStripe() {
        try (InputStream clean = FakeStripe.class.getResourceAsStream("/clean-world/stripe.json")) {
            JSON.readTree(Objects.requireNonNull(clean)).properties().forEach(list -> {
                List<ObjectNode> objects = new ArrayList<>();
                list.getValue().forEach(object -> objects.add((ObjectNode) object));
                lists.put(list.getKey(), objects);
            });
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** One more, as JSON with ' for ". */
    void add(String path, String json) {
        try {
            list(path).add((ObjectNode) JSON.readTree(json.replace('\'', '"')));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    void remove(String path, String id) {
        if (!list(path).removeIf(object -> object.path("id").asText().equals(id))) {
            throw new IllegalArgumentException(id);
        }
    }

    ObjectNode get(String path, String id) {
        return list(path).stream()
                .filter(object -> object.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private List<ObjectNode> list(String path) {
        return lists.computeIfAbsent(path, any -> new ArrayList<>());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body =
                switch (path) {
                    case "/actuator/prometheus" -> metrics;
                    case "/_simulator/deliveries/state" -> deliveriesState().toString();
                    case "/_simulator/journal" -> journal(exchange, path, "requests");
                    case "/_simulator/deliveries" -> journal(exchange, path, "deliveries");
                    default -> page(exchange, path);
                };
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(broken.contains(path) ? 500 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private ObjectNode deliveriesState() {
        return onTheirWay.getAndUpdate(left -> Math.max(0, left - 1)) > 0
                ? deliveriesState.deepCopy().put("underway", 1)
                : deliveriesState;
    }

    private String page(HttpExchange exchange, String path) {
        String after = parameter(exchange, "starting_after");
        List<ObjectNode> all = list(path);
        int from = 0;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).path("id").asText().equals(after)) {
                from = i + 1;
            }
        }
        int to = Math.min(all.size(), from + PAGE);
        ObjectNode page = JSON.createObjectNode().put("has_more", to < all.size());
        page.putArray("data").addAll(all.subList(from, to));
        return page.toString();
    }

    private String journal(HttpExchange exchange, String path, String field) {
        long after = Long.parseLong(parameter(exchange, "after"));
        List<? extends JsonNode> entries = list(path).stream()
                .filter(entry -> entry.path("number").asLong() > after)
                .limit(PAGE)
                .toList();
        ObjectNode page = JSON.createObjectNode();
        entries.forEach(page.withArray(field)::add);
        return page.toString();
    }

    private static String parameter(HttpExchange exchange, String name) {
        Matcher found = Pattern.compile("(?:^|&)" + name + "=([^&]*)")
                .matcher(Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), ""));
        return found.find() ? found.group(1) : "";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
