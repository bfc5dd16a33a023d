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

    /** Written by a test from the same specification as the other texts of the test, see {@code published-types}. */
    private static final String REQUIRED = "/required-parameters.txt";

    /** What {@code maxLength} of the specification says. */
    private static final String LIMITS = "/text-limits.txt";

    private static final String METHODS = "/v1/payment_methods";

    private static final String WEBHOOKS = "/v1/webhook_endpoints";

    private final Set<String> versions;
    private final Map<String, List<String>> lines = new HashMap<>();
    private final Map<String, List<String>> required = new HashMap<>();
    private final Map<String, List<String>> limits = new HashMap<>();

    RequestSurface() {
        lines.putAll(sections("/request-surface.txt"));
        lines.values()
                .forEach(each -> each.replaceAll(
                        line -> line.startsWith(" api_version =") ? line + "|" + String.join("|", NEWER) : line));
        required.putAll(sections(REQUIRED));
        limits.putAll(sections(LIMITS));
        this.versions = Set.copyOf(Objects.requireNonNull(
                Objects.requireNonNull(read(WEBHOOKS, Objects.requireNonNull(lines.get("POST " + WEBHOOKS)))
                                .root()
                                .child("api_version"))
                        .words()));
        lines.putAll(BESIDES);
        SAME.forEach((operation, other) -> lines.put(operation, Objects.requireNonNull(lines.get(other))));
    }

    /** What stands below each line without indent. */
    private static Map<String, List<String>> sections(String name) {
        Map<String, List<String>> sections = new HashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : text(name).lines().toList()) {
            if (line.startsWith(" ")) {
                current.add(line);
            } else {
                current = new ArrayList<>();
                sections.put(line, current);
            }
        }
        return sections;
    }

    private static String text(String name) {
        try (InputStream file = RequestSurface.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By method and pattern, whose variables may have any name: {@code POST}, {@code /v1/refunds/{id}}. */
    public Optional<Operation> operation(String method, String pattern) {
        String operation = method + " " + pattern.replaceAll("\\{[^{}]*}", "{}");
        return Optional.ofNullable(lines.get(operation))
                .map(parameters -> read(pattern, parameters))
                .map(read -> withRequired(read, required.getOrDefault(operation, List.of())))
                .map(read -> withLimits(read, limits.getOrDefault(operation, List.of())))
                .map(read -> pattern.matches("/v1/(payment|setup)_intents.*") ? withCard(read) : read);
    }

    /** Each line is a number, or - for none, and the parameters that may be as long. */
    private static Operation withLimits(Operation operation, List<String> lines) {
        for (String line : lines) {
            String[] words = line.strip().split(" ", -1);
            int longest = words[0].equals("-") ? TextLimits.UNLIMITED : Integer.parseInt(words[0]);
            for (int i = 1; i < words.length; i++) {
                Parameter named = operation.root();
                for (String step : words[i].split("\\.", -1)) {
                    named = named == null ? null : named.child(step);
                }
                if (named != null) { // else it is not in stripe-java
                    named.atMost(longest);
                }
            }
        }
        return operation;
    }

    private static Operation withRequired(Operation operation, List<String> paths) {
        for (String path : paths) {
            Parameter within = operation.root();
            String[] steps = path.strip().split("\\.", -1);
            for (int i = 0; within != null && i < steps.length - 1; i++) {
                within = within.child(steps[i]);
            }
            if (within != null) { // else it is not in stripe-java
                within.required().add(steps[steps.length - 1]);
            }
        }
        return operation;
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
