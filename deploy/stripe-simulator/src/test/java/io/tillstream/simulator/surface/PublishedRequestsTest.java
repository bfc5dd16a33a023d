package io.tillstream.simulator.surface;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.surface.PublishedObjects.Field;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The request surface comes from stripe-java; Stripe's specification is the other witness. What is paid by methods that the
 * simulator has not stands in the first only.
 */
class PublishedRequestsTest extends RunningSimulator {
    private static final Path REQUIRED = Path.of("src/main/resources/required-parameters.txt");
    private static final Map<String, Field> PUBLISHED = PublishedObjects.tree("/published-requests.txt");

    private final RequestSurface surface = new RequestSurface();

    @Test
    void everyParameterThatStripePublishesIsKnownWithItsWords() {
        List<String> differences = new ArrayList<>();
        PUBLISHED.forEach((operation, published) -> {
            String[] words = operation.split(" ", -1);
            surface.operation(words[0], words[1])
                    .ifPresentOrElse(
                            known -> compare(operation, published, known.root(), differences),
                            () -> differences.add(operation + " is unknown"));
        });
        assertThat(PUBLISHED).hasSizeGreaterThan(200);
        assertThat(differences).isEmpty();
    }

    private static void compare(String path, Field published, Parameter known, List<String> differences) {
        published.fields().forEach((name, field) -> {
            Parameter parameter = known.child(name);
            if (parameter == null) {
                differences.add(path + "." + name + " is unknown");
                return;
            }
            Parameter one = parameter.isList() || parameter.isMap() ? parameter.element() : parameter;
            List<String> words = one.words();
            if (words != null && path.endsWith(".payment_method_data") && name.equals("type")) {
                words = words.stream().filter(word -> !word.equals("card")).toList(); // see RequestSurface.withCard
            }
            if (words != null && name.equals("api_version")) {
                words = words.stream()
                        .filter(word -> !RequestSurface.NEWER.contains(word))
                        .toList();
            }
            Set<String> wanted = words(field);
            if (!wanted.isEmpty() && words != null && !wanted.equals(new TreeSet<>(words))) {
                differences.add(path + "." + name + " has the words " + words + " and not " + wanted);
            }
            compare(path + "." + name, field, parameter, differences);
        });
    }

    private static Set<String> words(Field field) {
        return field.kinds().stream()
                .map(kind -> kind.replaceFirst("^list ", ""))
                .filter(kind -> kind.startsWith("="))
                .flatMap(kind -> Arrays.stream(kind.substring(1).split("\\|", -1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Written anew, when the published requests are, by
     * {@code mvn -pl deploy/stripe-simulator test -Dtest=PublishedRequestsTest -Dtest.jvm=-Dsurface.write=true}.
     */
    @Test
    void whatIsRequiredIsWhatStripePublishes() throws IOException {
        StringBuilder text = new StringBuilder();
        PUBLISHED.forEach((operation, published) -> {
            List<String> required = new ArrayList<>();
            required("", published, required);
            if (operation.startsWith("POST ") && !required.isEmpty()) {
                text.append(operation).append('\n');
                required.forEach(path -> text.append(' ').append(path).append('\n'));
            }
        });
        if (Boolean.getBoolean("surface.write")) {
            Files.writeString(REQUIRED, text);
        }
        assertThat(Files.readString(REQUIRED)).isEqualTo(text.toString());
    }

    private static void required(String within, Field of, List<String> required) {
        of.fields().forEach((name, field) -> {
            if (!field.optional()) {
                required.add(within + name);
            }
            required(within + name + ".", field, required);
        });
    }

    /** A shop that forgets one would be told by Stripe only. */
    @Test
    void whatStripeRequiresIsAskedFor() {
        List<String> taken = new ArrayList<>();
        PUBLISHED.forEach((operation, published) -> {
            boolean requires = published.fields().values().stream().anyMatch(field -> !field.optional());
            if (requires && operation.startsWith("POST ") && !operation.contains("{}")) {
                HttpResponse<String> answer = raw(SECRET_KEY, "POST", operation.split(" ", -1)[1], "");
                String code = Json.text(Objects.requireNonNull(json(answer).get("error")), "code");
                if (answer.statusCode() != 400 && !"operation_not_simulated".equals(code)) {
                    taken.add(operation + " " + answer.body());
                }
            }
        });
        assertThat(taken).isEmpty();
    }
}
