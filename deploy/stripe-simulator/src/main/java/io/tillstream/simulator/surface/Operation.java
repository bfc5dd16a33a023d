package io.tillstream.simulator.surface;

import io.tillstream.simulator.surface.ParameterValues.Where;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One operation: the parameters that Stripe takes there. */
public final class Operation {
    private final String resource;
    private final Parameter root;

    /**
     * A value that was sent.
     *
     * @param path without places in lists and keys of maps, {@code items.price}
     * @param shown as the caller wrote it, {@code items[0][price]}
     */
    public record Given(String path, String shown, String value) {}

    Operation(String resource, Parameter root) {
        this.resource = resource;
        this.root = root;
    }

    Parameter root() {
        return root;
    }

    /** Every parameter that is not an object itself, {@code a.b} for one within another. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        collect(root, "", names);
        return names;
    }

    private static void collect(Parameter of, String path, Set<String> names) {
        for (Map.Entry<String, Parameter> each : of.children().entrySet()) {
            String name = path.isEmpty() ? each.getKey() : path + "." + each.getKey();
            if (each.getValue().children().isEmpty() || each.getValue().isAlsoText()) {
                names.add(name);
            }
            collect(each.getValue(), name, names);
        }
    }

    /** The first thing that Stripe would not take: an unknown parameter before one of the wrong kind. */
    public Optional<Refusal> refusal(ObjectNode given, Predicate<String> besides) {
        Set<String> unknown = new LinkedHashSet<>();
        unknown(root, given, "", unknown);
        unknown.removeIf(besides);
        if (!unknown.isEmpty()) {
            return Optional.of(new Refusal(
                    "parameter_unknown",
                    "Received unknown parameter" + (unknown.size() > 1 ? "s: " : ": ") + String.join(", ", unknown),
                    unknown.iterator().next()));
        }
        return Optional.ofNullable(wrong(root, given, new Where(resource, ""), "", besides));
    }

    /** The first parameter that Stripe requires and that is not there, at the top or within an object that is. */
    public Optional<Refusal> missing(ObjectNode given) {
        return Optional.ofNullable(missing(root, given, ""))
                .map(shown -> new Refusal("parameter_missing", "Missing required param: " + shown + ".", shown));
    }

    private static @Nullable String missing(Parameter parameter, ObjectNode given, String shown) {
        if (parameter.is("object")) { // and not a list or a map of such
            for (String name : parameter.required()) {
                if (!given.has(name)) {
                    return within(shown, name);
                }
            }
        }
        for (Map.Entry<String, JsonNode> field : given.properties()) {
            Parameter child = parameter.within(field.getKey());
            String missing = child != null && field.getValue() instanceof ObjectNode nested
                    ? missing(child, nested, within(shown, field.getKey()))
                    : null;
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    private static void unknown(Parameter parameter, ObjectNode given, String shown, Set<String> unknown) {
        for (Map.Entry<String, JsonNode> field : given.properties()) {
            String full = within(shown, field.getKey());
            Parameter child = parameter.within(field.getKey());
            if (child == null) {
                unknown.add(full);
            } else if (field.getValue() instanceof ObjectNode nested && child.isTree()) {
                unknown(child, nested, full, unknown);
            }
        }
    }

    private static @Nullable Refusal wrong(
            Parameter parameter, ObjectNode given, Where where, String shown, Predicate<String> besides) {
        for (Map.Entry<String, JsonNode> field : given.properties()) {
            String full = within(shown, field.getKey());
            Parameter child = parameter.within(field.getKey());
            if (child == null || besides.test(full)) {
                continue;
            }
            Where below = child == parameter.child(field.getKey()) ? where.below(field.getKey()) : where;
            Refusal refusal = field.getValue() instanceof ObjectNode nested
                    ? wrongTree(child, nested, below, full, besides)
                    : ParameterValues.refusal(child, field.getValue().asString(), below, full);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private static @Nullable Refusal wrongTree(
            Parameter parameter, ObjectNode given, Where where, String shown, Predicate<String> besides) {
        if (!parameter.isTree()) {
            return ParameterValues.refusal(parameter, given.toString(), where, shown);
        }
        boolean list = parameter.isList() && !parameter.is("object");
        boolean indexed = given.propertyNames().stream().allMatch(name -> name.matches("\\d+"));
        return list && !indexed
                ? new Refusal(null, "Invalid array", shown)
                : wrong(parameter, given, where, shown, besides);
    }

    /** The values of a request, each with the name of its parameter; unknown ones are left out. */
    public List<Given> values(ObjectNode given) {
        List<Given> values = new ArrayList<>();
        collect(root, given, "", "", values);
        return values;
    }

    private static void collect(Parameter of, ObjectNode given, String path, String shown, List<Given> values) {
        for (Map.Entry<String, JsonNode> field : given.properties()) {
            Parameter child = of.within(field.getKey());
            if (child == null) {
                continue;
            }
            boolean named = child == of.child(field.getKey());
            String below = !named ? path : path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            if (field.getValue() instanceof ObjectNode nested) {
                collect(child, nested, below, within(shown, field.getKey()), values);
            } else {
                values.add(new Given(
                        below, within(shown, field.getKey()), field.getValue().asString()));
            }
        }
    }

    private static String within(String shown, String name) {
        return shown.isEmpty() ? name : shown + "[" + name + "]";
    }
}
