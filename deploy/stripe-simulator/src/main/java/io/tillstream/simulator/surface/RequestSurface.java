package io.tillstream.simulator.surface;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/** Every operation of Stripe's API. {@code request-surface.txt} is written by a test from stripe-java, not by hand. */
@Component
public final class RequestSurface {
    /** In Stripe's API reference, but not in stripe-java, which pages through it by the url of the list. */
    private static final Map<String, String> SAME = Map.of("GET /v1/charges/{}/refunds", "GET /v1/refunds");

    /** What older versions of the API have, docs.stripe.com/api/invoices/upcoming?api-version=2025-02-24.acacia. */
    private static final List<String> UPCOMING = List.of(
            " currency string",
            " customer string",
            " discounts list object",
            "  coupon string",
            "  discount string",
            "  promotion_code string",
            " expand list string",
            " subscription string",
            " subscription_billing_cycle_anchor string, integer",
            " subscription_cancel_at integer",
            " subscription_cancel_at_period_end boolean",
            " subscription_cancel_now boolean",
            " subscription_items list object",
            "  deleted boolean",
            "  id string",
            "  price string",
            "  quantity integer",
            " subscription_proration_behavior =always_invoice|create_prorations|none",
            " subscription_proration_date integer",
            " subscription_trial_end string, integer");

    /** Of Stripe's own pages and command line: neither in stripe-java nor documented, told by the fixtures of stripe-cli. */
    private static final Map<String, List<String>> BESIDES = Map.of(
            "GET /v1/files/{}/contents", List.of(),
            "GET /v1/invoices/upcoming", UPCOMING,
            "GET /v1/payment_pages/{}", List.of(" expand list string"),
            "POST /v1/payment_pages/{}/confirm",
                    List.of(" expand list string", " expected_amount integer", " payment_method string"));

    /**
     * The versions of the API since that of stripe-java, by docs.stripe.com/changelog and {@code WebhookEndpointCreateParams} of
     * the npm package stripe 23.1.0.
     */
    static final List<String> NEWER =
            List.of("2026-08-26.dahlia", "2026-09-30.endive", "2026-10-28.endive", "2026-11-18.endive");

    private static final String METHODS = "/v1/payment_methods";

    private static final String WEBHOOKS = "/v1/webhook_endpoints";

    private final Set<String> versions;
    private final Map<String, List<String>> lines = new HashMap<>();

    RequestSurface() {
        List<String> current = new ArrayList<>();
        for (String line : text().lines().toList()) {
            if (line.startsWith(" ")) {
                current.add(line.startsWith(" api_version =") ? line + "|" + String.join("|", NEWER) : line);
            } else {
                current = new ArrayList<>();
                lines.put(line, current);
            }
        }
        this.versions = Set.copyOf(Objects.requireNonNull(
                Objects.requireNonNull(read(WEBHOOKS, Objects.requireNonNull(lines.get("POST " + WEBHOOKS)))
                                .root()
                                .child("api_version"))
                        .words()));
        lines.putAll(BESIDES);
        SAME.forEach((operation, other) -> lines.put(operation, Objects.requireNonNull(lines.get(other))));
    }

    private static String text() {
        try (InputStream file = RequestSurface.class.getResourceAsStream("/request-surface.txt")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By method and pattern, whose variables may have any name: {@code POST}, {@code /v1/refunds/{id}}. */
    public Optional<Operation> operation(String method, String pattern) {
        return Optional.ofNullable(lines.get(method + " " + pattern.replaceAll("\\{[^{}]*}", "{}")))
                .map(parameters -> read(pattern, parameters))
                .map(operation -> pattern.matches("/v1/(payment|setup)_intents.*") ? withCard(operation) : operation);
    }

    /**
     * {@code payment_method_data[card]} is not in stripe-java: Stripe.js sends it, and servers with a token may, as in
     * docs.stripe.com/payments/payment-intents/migration.
     */
    private Operation withCard(Operation operation) {
        Parameter data = operation.root().child("payment_method_data");
        if (data != null) {
            Operation made = read(METHODS, Objects.requireNonNull(lines.get("POST " + METHODS)));
            data.children().put("card", Objects.requireNonNull(made.root().child("card")));
            List<String> types = Objects.requireNonNull(
                    Objects.requireNonNull(data.child("type")).words());
            data.children().put("type", new Parameter("=card|" + String.join("|", types)));
        }
        return operation;
    }

    /** The versions of the API that there are, as endpoints for webhooks may have them. */
    public Set<String> versions() {
        return versions;
    }

    /** Whether Stripe has an operation at this address. */
    public boolean has(String method, String path) {
        return lines.keySet().stream()
                .filter(operation -> operation.startsWith(method + " "))
                .anyMatch(operation -> isAt(operation.substring(method.length() + 1), path));
    }

    private static boolean isAt(String pattern, String path) {
        String[] steps = pattern.split("/", -1);
        String[] asked = path.split("/", -1);
        return steps.length == asked.length
                && IntStream.range(0, steps.length)
                        .allMatch(i -> steps[i].equals("{}") ? !asked[i].isEmpty() : steps[i].equals(asked[i]));
    }

    /** {@code GET /v1/refunds/{}} and all the others. */
    public Set<String> operations() {
        return Set.copyOf(lines.keySet());
    }

    private static Operation read(String pattern, List<String> lines) {
        Parameter root = new Parameter("object");
        Deque<Parameter> within = new ArrayDeque<>(List.of(root));
        for (String line : lines) {
            int depth = line.length() - line.stripLeading().length();
            String[] words = line.strip().split(" ", 2);
            while (within.size() > depth) {
                within.pop();
            }
            Parameter parameter = new Parameter(words[1]);
            Objects.requireNonNull(within.peek()).children().put(words[0], parameter);
            within.push(parameter);
        }
        return new Operation(pattern.split("/", -1)[2], root);
    }
}
