package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe's own command line asks for with {@code stripe trigger EVENT}
 * (docs.stripe.com/stripe-cli/triggers), without the command line: {@code cli-check} runs that itself.
 */
class TriggersTest extends RunningSimulator {
    private static final Pattern STEP = Pattern.compile(" (\\w+) = (\\w+) (\\S+)(.*?)( !(\\d+))?");
    private static final Pattern REFERENCE = Pattern.compile("\\{(\\w+)\\.([\\w.]+)}");
    private static final Duration PATIENCE = Duration.ofSeconds(60); // for what the bank or the test clock does later

    /** Names of the command line that are no events, or not what comes of it. */
    private static final Map<String, String> EVENTS = Map.of(
            "subscription_schedule.aborted", "subscription_schedule.canceled", // aborted is for want of payment only
            "subscription_schedule.completed", "subscription_schedule.released", // as its end_behavior says
            "subscription_schedule.expiring", "subscription_schedule.created", // it stops nine days before the end
            "subscription.payment_failed", "invoice.payment_failed",
            "subscription.payment_succeeded", "invoice.payment_succeeded");

    private static Map<String, List<String>> all() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        List<String> steps = new ArrayList<>();
        for (String line : text().lines().filter(each -> !each.startsWith("#")).toList()) {
            if (line.startsWith(" ")) {
                steps.add(line);
            } else {
                steps = new ArrayList<>();
                all.put(line, steps);
            }
        }
        return all;
    }

    private static String text() {
        try (InputStream file = TriggersTest.class.getResourceAsStream("/triggers.txt")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<String> triggers() {
        return all().keySet().stream();
    }

    @Test
    void noTriggerOfPaymentsAndBillingIsForgotten() {
        assertThat(all()).hasSizeGreaterThanOrEqualTo(94);
    }

    @ParameterizedTest
    @MethodSource("triggers")
    void theCommandLineTriggers(String event) {
        control("POST", "reset", "{}");
        Map<String, JsonNode> answers = new HashMap<>();
        for (String step : Objects.requireNonNull(all().get(event))) {
            Matcher parts = STEP.matcher(step);
            assertThat(parts.matches()).as(step).isTrue();
            int wanted = parts.group(6) == null ? 200 : Integer.parseInt(parts.group(6));
            String form = form(parts.group(4).strip(), answers);
            boolean get = parts.group(2).equals("GET");
            String path = filled(parts.group(3), answers) + (get && !form.isEmpty() ? "?" + form : "");
            HttpResponse<String> answer = raw(SECRET_KEY, parts.group(2), path, get ? "" : form);
            assertThat(answer.statusCode()).as(step + "\n" + answer.body()).isEqualTo(wanted);
            answers.put(parts.group(1), json(answer));
        }
        await().atMost(PATIENCE).until(() -> isTold(EVENTS.getOrDefault(event, event)));
    }

    private static String form(String params, Map<String, JsonNode> answers) {
        StringBuilder form = new StringBuilder();
        for (String param : params.isEmpty() ? new String[0] : params.split(" ", -1)) {
            int equals = param.indexOf('=');
            String value = filled(param.substring(equals + 1), answers).replace('+', ' ');
            form.append(form.isEmpty() ? "" : "&")
                    .append(URLEncoder.encode(param.substring(0, equals), StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
        return form.toString();
    }

    private static String filled(String text, Map<String, JsonNode> answers) {
        return REFERENCE.matcher(text).replaceAll(found -> {
            JsonNode at = Objects.requireNonNull(answers.get(found.group(1)));
            for (String step : found.group(2).split("\\.", -1)) {
                at = step.matches("\\d+") ? at.path(Integer.parseInt(step)) : at.path(step);
            }
            return Matcher.quoteReplacement(at.asString());
        });
    }

    private boolean isTold(String type) {
        return !json(raw(SECRET_KEY, "GET", "/v1/events?limit=1&type=" + type, ""))
                .path("data")
                .isEmpty();
    }
}
