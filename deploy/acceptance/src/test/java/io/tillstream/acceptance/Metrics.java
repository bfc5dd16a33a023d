package io.tillstream.acceptance;

import io.tillstream.local.Part;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the services tell a collector. */
final class Metrics {

    static final List<Part> SERVICES = List.of(
            Part.GATEWAY, Part.ORDER_SERVICE, Part.PAYMENT_SERVICE, Part.SUBSCRIPTION_SERVICE, Part.WEBHOOK_INGEST);

    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private static final Predicate<String> ID = Stream.of(
                    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", // ours
                    "\\b[a-z]{2,8}_(?:test_|live_)?(?=[A-Za-z]*[0-9])[A-Za-z0-9]{8,}", // Stripe's
                    "@[\\w-]+\\.\\w", // an address
                    "\\beyJ") // a token
            .map(id -> Pattern.compile(id, Pattern.CASE_INSENSITIVE).asPredicate())
            .reduce(Predicate::or)
            .orElseThrow();

    /** Of a path and its query only what is written in the code: words, and places for what differs. */
    private static final Pattern TEMPLATE = Pattern.compile(
            "(?:/(?:\\*?[a-z][a-z.-]*\\d?|\\{\\*?\\w+}|\\*{1,2})?)+" + "(?:[?&][a-zA-Z]+=(?:[a-z]+|\\{\\w+}))*");

    /** With the folder in which a service runs. */
    private static final String OF_THE_DISK = "disk_";

    private Metrics() {}

    /** Of all services together. */
    static String scrapes() {
        StringBuilder all = new StringBuilder();
        SERVICES.forEach(part -> all.append(scrape(part, Map.of())).append('\n'));
        return all.toString();
    }

    static String scrape(Part part, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(more);
        if (part == Part.GATEWAY) {
            headers.put("Authorization", "Bearer " + token());
        }
        return answer(part, headers).expect(200).body();
    }

    static Answer answer(Part part, Map<String, String> headers) {
        return Web.send(
                "GET", URI.create(Stack.tillstream().url(part) + "/actuator/prometheus"), headers, (String) null);
    }

    /**
     * Labels that name somebody or something: each such value is a series of its own for ever, and whoever sees the metrics sees
     * them.
     */
    static List<String> namesIn(String scrape, Collection<String> people) {
        Set<String> found = new TreeSet<>();
        for (String line : scrape.lines()
                .filter(line -> !line.startsWith("#") && !line.startsWith(OF_THE_DISK))
                .toList()) {
            Matcher label = LABEL.matcher(line);
            while (label.find()) {
                String value = label.group(2);
                boolean somebody = people.stream().anyMatch(name -> isWordOf(name, value));
                boolean path = value.startsWith("/") && !TEMPLATE.matcher(value).matches();
                if (ID.test(value) || somebody || path) {
                    found.add(label.group(1) + "=" + value + " of " + line.replaceFirst("\\{.*", ""));
                }
            }
        }
        return List.copyOf(found);
    }

    private static boolean isWordOf(String name, String value) {
        return List.of(value.split("[^A-Za-z]+", -1)).contains(name);
    }

    /** As Prometheus asks for it, with the client and the scope of prometheus.yml. */
    private static String token() {
        Map<String, Object> gateway = ObservabilityFiles.map(
                ObservabilityFiles.list(ObservabilityFiles.yaml(ObservabilityFiles.FOLDER.resolve("prometheus.yml"))
                                .get("scrape_configs"))
                        .get(0));
        Map<String, Object> oauth2 = ObservabilityFiles.map(gateway.get("oauth2"));
        String client = oauth2.get("client_id") + ":local-prometheus-secret";
        String basic = Base64.getEncoder().encodeToString(client.getBytes(StandardCharsets.UTF_8));
        return Web.send(
                        "POST",
                        URI.create(Stack.tillstream().url(Part.IDENTITY) + "/oauth2/token"),
                        Map.of("Authorization", "Basic " + basic, "Content-Type", "application/x-www-form-urlencoded"),
                        "grant_type=client_credentials&scope="
                                + ObservabilityFiles.list(oauth2.get("scopes")).get(0))
                .expect(200)
                .text("/access_token");
    }
}
