package io.tillstream.simulator.surface;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * A text that Stripe does not take is not taken here, by its last character: {@code maxLength} of Stripe's OpenAPI specification
 * (github.com/stripe/openapi, openapi/spec3.json), in {@code text-limits.txt} for all operations of the resources that there are.
 */
class PublishedTextLimitsTest {
    private static final int LONG = 60_000; // longer than any limit that is published
    private static final String TOO_LONG = "must be at most ";

    private static final RequestSurface SURFACE = new RequestSurface();

    static Stream<Arguments> operations() throws IOException {
        List<String> lines;
        try (InputStream file = PublishedTextLimitsTest.class.getResourceAsStream("/text-limits.txt")) {
            lines = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
        Map<String, List<String>> limits = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(" ")) {
                current.add(line.strip());
            } else {
                current = new ArrayList<>();
                limits.put(line, current);
            }
        }
        return limits.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void eachTextMayBeAsLongAsStripeTakesIt(String name, List<String> limits) {
        String[] words = name.split(" ", -1);
        Operation operation = SURFACE.operation(words[0], words[1]).orElseThrow();
        for (String line : limits) {
            String[] named = line.split(" ", -1);
            for (int i = 1; i < named.length; i++) {
                if (named[0].equals("-")) {
                    assertThat(refusal(operation, named[i], LONG)).as(named[i]).doesNotContain(TOO_LONG);
                    continue;
                }
                int longest = Integer.parseInt(named[0]);
                assertThat(refusal(operation, named[i], longest)).as(named[i]).doesNotContain(TOO_LONG);
                assertThat(refusal(operation, named[i], longest + 1))
                        .as(named[i])
                        .contains(TOO_LONG + longest + " characters");
            }
        }
    }

    /** Some that stand for the whole: the table is that of the specification, and not of what is enforced. */
    @Test
    void theTableHasWhatTheDocumentationSays() throws IOException {
        List<String> all = operations()
                .flatMap(each -> ((List<?>) each.get()[1]).stream().flatMap(line -> {
                    String[] words = line.toString().split(" ", -1);
                    return Stream.of(words).skip(1).map(word -> each.get()[0] + " " + word + " " + words[0]);
                }))
                .toList();
        assertThat(all)
                .contains(
                        "POST /v1/customers name 256",
                        "POST /v1/invoices number 26",
                        "POST /v1/billing/meters event_name 100",
                        "POST /v1/entitlements/features lookup_key 80",
                        "POST /v1/test_helpers/test_clocks name 300",
                        "POST /v1/customers/{}/balance_transactions description 350",
                        "POST /v1/checkout/sessions custom_fields.label.custom 50",
                        "POST /v1/checkout/sessions line_items.price_data.product_data.description 40000")
                .hasSizeGreaterThan(700);
    }

    private static String refusal(Operation operation, String path, int length) {
        ObjectNode given = Json.object();
        ObjectNode at = given;
        Parameter parameter = operation.root();
        String[] steps = path.split("\\.", -1);
        for (int i = 0; i < steps.length; i++) {
            parameter = Objects.requireNonNull(parameter.child(steps[i]), path);
            boolean list = parameter.isList() && !parameter.is("string");
            boolean last = i == steps.length - 1;
            if (last && !list) {
                at.put(steps[i], "x".repeat(length));
            } else if (last) {
                at.putObject(steps[i]).put("0", "x".repeat(length));
            } else {
                at = at.putObject(steps[i]);
                at = list ? at.putObject("0") : at;
            }
        }
        Optional<Refusal> refusal = operation.refusal(given, name -> false);
        return refusal.map(Refusal::message).orElse("");
    }
}
