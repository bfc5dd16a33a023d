package io.tillstream.acceptance;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The Stripe simulator: its Stripe side, as a dashboard or a browser uses it, and its control side. */
final class Simulator {
    private static final int PAGE = 100; // the most that Stripe gives at once

    private Simulator() {}

    /** Asks Stripe as its owner does, in the dashboard or by a script of their own. */
    static Answer stripe(String method, String path, Map<String, String> form) {
        return stripe(method, path, form, Stack.SECRET_KEY);
    }

    /** Asks Stripe as a page in the buyer's browser does. */
    static Answer browser(String method, String path, Map<String, String> form) {
        return stripe(method, path, form, Stack.PUBLISHABLE_KEY);
    }

    private static Answer stripe(String method, String path, Map<String, String> form, String key) {
        String fields = form.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        boolean inAddress = method.equals("GET") && !fields.isEmpty();
        URI address = URI.create(Stack.simulator() + path + (inAddress ? "?" + fields : ""));
        Map<String, String> headers =
                Map.of("Authorization", "Bearer " + key, "Content-Type", "application/x-www-form-urlencoded");
        return Web.send(method, address, headers, method.equals("GET") ? null : fields);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** All objects of a list, oldest first. */
    static List<JsonNode> all(String path) {
        List<JsonNode> found = new ArrayList<>();
        @Nullable String last = null;
        boolean more = true;
        while (more) {
            String after = last == null ? "" : "&starting_after=" + last;
            String join = path.contains("?") ? "&" : "?";
            JsonNode page = stripe("GET", path + join + "limit=" + PAGE + after, Map.of())
                    .expect(200)
                    .json();
            for (JsonNode each : page.path("data")) {
                found.add(0, each);
                last = each.path("id").asString();
            }
            more = page.path("has_more").asBoolean() && last != null;
        }
        return found;
    }

    static JsonNode get(String path) {
        return stripe("GET", path, Map.of()).expect(200).json();
    }

    static List<JsonNode> intentsOf(String orderId) {
        return all("/v1/payment_intents").stream()
                .filter(intent -> orderId.equals(intent.at("/metadata/order_id").asString("")))
                .toList();
    }

    static int intentCount() {
        return control("GET", "/state", null)
                .expect(200)
                .json()
                .at("/objects/payment_intent")
                .asInt(0);
    }

    /** The one intent of an order. */
    static JsonNode intentOf(String orderId) {
        List<JsonNode> intents = intentsOf(orderId);
        if (intents.size() != 1) {
            throw new AssertionError("order " + orderId + " has " + intents.size() + " intents: " + intents);
        }
        return intents.get(0);
    }

    static long succeededIntentsOf(String orderId) {
        return intentsOf(orderId).stream()
                .filter(intent -> intent.path("status").asString("").equals("succeeded"))
                .count();
    }

    static List<JsonNode> sessionsOf(String orderId) {
        return all("/v1/checkout/sessions").stream()
                .filter(session ->
                        orderId.equals(session.at("/metadata/order_id").asString("")))
                .toList();
    }

    /** Confirms an intent as Stripe.js does: with the client secret that the page was given. */
    static JsonNode confirm(String clientSecret, String paymentMethod) {
        String intent = clientSecret.substring(0, clientSecret.indexOf("_secret_"));
        return browser(
                        "POST",
                        "/v1/payment_intents/" + intent + "/confirm",
                        Map.of(
                                "client_secret",
                                clientSecret,
                                "payment_method",
                                paymentMethod,
                                "return_url",
                                ShopPage.origin() + "/done"))
                .expect(200)
                .json();
    }

    /** Of a subscription, oldest first. */
    static List<JsonNode> invoicesOf(String subscription) {
        return all("/v1/invoices?subscription=" + subscription);
    }

    /** The events that Stripe tells of one object, oldest first. */
    static List<JsonNode> eventsOf(String objectId) {
        List<JsonNode> events = new ArrayList<>();
        control("GET", "/events?object=" + objectId, null)
                .expect(200)
                .json()
                .path("events")
                .forEach(events::add);
        return events;
    }

    static Answer control(String method, String path, @Nullable String body) {
        return Web.send(
                method,
                URI.create(Stack.simulator() + "/_simulator" + path),
                Map.of("Content-Type", "application/json"),
                body);
    }

    /**
     * Makes Stripe misbehave at the next {@code times} calls of an operation such as {@code POST /v1/refunds} that bring
     * a parameter, as {@code metadata.order_id}: all others' calls go well.
     */
    static void plant(String operation, String kind, int times, String parameter, String value, String... more) {
        String others = more.length == 0 ? "" : ", " + String.join(", ", more);
        control("POST", "/faults", """
            {"operation": "%s", "kind": "%s", "times": %d, "params": {"%s": "%s"}%s}\
            """.formatted(operation, kind, times, parameter, value, others))
                .expect(200);
    }

    /** Parameters that it took and did nothing with. */
    static List<JsonNode> ignored() {
        return control("GET", "/journal?limit=1", null)
                .expect(200)
                .json()
                .path("ignored")
                .valueStream()
                .toList();
    }

    /** All requests that came in since its process began, oldest first; of the whole run are {@link Journals}. */
    static List<JsonNode> journal() {
        List<JsonNode> entries = new ArrayList<>();
        long after = 0;
        boolean more = true;
        while (more) {
            JsonNode page = control("GET", "/journal?limit=5000&after=" + after, null)
                    .expect(200)
                    .json()
                    .path("requests");
            page.forEach(entries::add);
            more = !page.isEmpty();
            after = more ? entries.get(entries.size() - 1).path("number").asLong() : after;
        }
        return entries;
    }
}
