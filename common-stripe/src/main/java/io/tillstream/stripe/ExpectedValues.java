package io.tillstream.stripe;

import com.stripe.net.StripeResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an answer of Stripe's has to say, as it was asked for: in which currency, how much, for whom. An object that says
 * something else would take other money than was agreed on, from somebody else perhaps. Only ids, codes and numbers are
 * compared, as a difference is logged.
 *
 * <p>A field is a path, as {@code items.data.*.price}: {@code *} is any element of a list, and where an object stands in
 * place of its id, its id counts. Of paths with {@code |} between them one is enough.
 */
public final class ExpectedValues {

    private final Map<String, String> fields;

    private ExpectedValues(Map<String, String> fields) {
        this.fields = fields;
    }

    public static ExpectedValues of(String field, Object value) {
        return new ExpectedValues(Map.of(field, value.toString()));
    }

    public ExpectedValues and(String field, Object value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(field, value.toString());
        return new ExpectedValues(more);
    }

    /** What an answer leaves out it does not contradict; a null is a word of its own. */
    List<Difference> differences(StripeResponse response) {
        return differences(response.body());
    }

    List<Difference> differences(String json) {
        JsonNode answer = JsonMapper.shared().readTree(json);
        List<Difference> differences = new ArrayList<>();
        fields.forEach((field, asked) -> {
            List<String> told = Stream.of(field.split("\\|", -1))
                    .flatMap(path -> values(answer, List.of(path.split("\\.", -1))))
                    .toList();
            if (!told.isEmpty() && !told.contains(asked)) {
                differences.add(new Difference(field, asked, String.join(", ", told)));
            }
        });
        return differences;
    }

    /** One field of an answer that is not as it was asked for. */
    record Difference(String field, String asked, String told) {
        @Override
        public String toString() {
            return field + ": asked for " + asked + ", got " + told;
        }
    }

    private static Stream<String> values(JsonNode node, List<String> path) {
        if (path.isEmpty()) {
            return value(node);
        }
        List<String> rest = path.subList(1, path.size());
        if (path.get(0).equals("*")) {
            return node.isArray() ? node.valueStream().flatMap(one -> values(one, rest)) : Stream.empty();
        }
        JsonNode field = node.get(path.get(0));
        return field == null ? Stream.empty() : values(field, rest);
    }

    private static Stream<String> value(JsonNode node) {
        JsonNode id = node.isObject() ? node.path("id") : node;
        return id.isNull() ? Stream.of("null") : id.isValueNode() ? Stream.of(id.asString()) : Stream.empty();
    }
}
