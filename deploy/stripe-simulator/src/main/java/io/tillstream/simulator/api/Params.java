package io.tillstream.simulator.api;

import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of a request, or a nested part of them. Errors name the parameter as the caller wrote it. */
public final class Params {
    private final ObjectNode tree;
    private final String prefix;
    private final Set<String> read; // names of what was asked for, of the whole request

    public Params(ObjectNode tree) {
        this(tree, "", new HashSet<>());
    }

    private Params(ObjectNode tree, String prefix, Set<String> read) {
        this.tree = tree;
        this.prefix = prefix;
        this.read = read;
    }

    /** All of it; counts as read, whatever becomes of it. */
    public ObjectNode tree() {
        read.add(prefix);
        return tree;
    }

    /** One of them as it is, text or tree; counts as read with all that is in it. Missing if it is not given. */
    public JsonNode raw(String name) {
        read.add(param(name));
        return tree.path(name);
    }

    /**
     * Counts as read: what says how something is to be done, where it turns out that nothing of that kind is. Stripe takes it
     * all the same.
     */
    public void needless(String... names) {
        for (String name : names) {
            read.add(param(name));
        }
    }

    /** All of it, for who only looks at what was asked for. */
    ObjectNode given() {
        return tree;
    }

    /** The names that are given. */
    public Set<String> names() {
        return new LinkedHashSet<>(tree.propertyNames());
    }

    /** The parameters with a value that nobody asked for: without any effect, however they were taken. */
    Set<String> ignored() {
        Set<String> ignored = new LinkedHashSet<>();
        collectIgnored(tree, prefix, ignored);
        return ignored;
    }

    private void collectIgnored(ObjectNode of, String within, Set<String> ignored) {
        if (read.contains(within)) {
            return;
        }
        for (Map.Entry<String, JsonNode> field : of.properties()) {
            String name = within.isEmpty() ? field.getKey() : within + "[" + field.getKey() + "]";
            if (field.getValue() instanceof ObjectNode nested) {
                collectIgnored(nested, name, ignored);
            } else if (!read.contains(name) && !field.getValue().asString().isEmpty()) {
                ignored.add(name);
            }
        }
    }

    /** Refuses two ways to say the same. */
    public void refuseBoth(String one, String other) {
        if (has(one) && has(other) && !unset(one) && !unset(other)) {
            throw StripeError.malformed(
                    null, "You may only specify one of these parameters: " + one + ", " + other + ".", param(other));
        }
    }

    /** The text, if it is one; that it was looked at here does not count as read. */
    List<String> named(String name) {
        JsonNode value = tree.path(name);
        return value.isString() ? List.of(value.stringValue()) : List.of();
    }

    public boolean has(String name) {
        return tree.has(name);
    }

    /** Whether it was given as empty, which is how a caller takes a value away. */
    public boolean unset(String name) {
        JsonNode value = tree.path(name);
        return value.isString() && value.stringValue().isEmpty();
    }

    /** The text; null if absent or empty. */
    public @Nullable String text(String name) {
        read.add(param(name));
        JsonNode value = tree.get(name);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            throw StripeError.malformed(null, "Invalid string: " + value, param(name));
        }
        return value.stringValue().isEmpty() ? null : value.stringValue();
    }

    /** Whether it is a text, and no object. */
    public boolean isText(String name) {
        return tree.path(name).isString();
    }

    /** The same; null too if it is no text but an object. */
    public @Nullable String textIfAny(String name) {
        return isText(name) ? text(name) : null;
    }

    @CanIgnoreReturnValue
    public String required(String name) {
        if (!tree.has(name)) {
            throw StripeError.malformed(
                    "parameter_missing", "Missing required param: " + param(name) + ".", param(name));
        }
        String text = text(name);
        if (text == null) {
            throw StripeError.malformed(
                    "parameter_invalid_empty",
                    "You passed an empty string for '" + param(name)
                            + "'. We assume empty values are an attempt to unset"
                            + " a parameter; however '" + param(name) + "' cannot be unset. You should remove '"
                            + param(name) + "' from your request or supply a non-empty value.",
                    param(name));
        }
        return text;
    }

    public @Nullable Long integer(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw StripeError.malformed("parameter_invalid_integer", "Invalid integer: " + text, param(name));
        }
    }

    public long requiredInteger(String name) {
        Long value = integer(name);
        return value == null ? Long.parseLong(required(name)) : value;
    }

    public @Nullable Boolean flag(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw StripeError.malformed(null, "Invalid boolean: " + text, param(name));
        };
    }

    public boolean isTrue(String name) {
        return Boolean.TRUE.equals(flag(name));
    }

    /** One of the values, or null if absent. */
    @CanIgnoreReturnValue
    public @Nullable String oneOf(String name, String... values) {
        String text = text(name);
        if (text == null || List.of(values).contains(text)) {
            return text;
        }
        throw StripeError.malformed(null, "Invalid " + param(name) + ": must be one of " + spoken(values), param(name));
    }

    /** A nested part; null if absent or empty. */
    public @Nullable Params child(String name) {
        JsonNode value = tree.get(name);
        if (value == null || unset(name)) {
            return null;
        }
        if (!(value instanceof ObjectNode object)) {
            throw StripeError.malformed(null, "Invalid object", param(name));
        }
        return new Params(object, param(name), read);
    }

    /** The elements of a list of objects. */
    public List<Params> children(String name) {
        Params list = child(name);
        List<Params> children = new ArrayList<>();
        if (list != null) {
            for (String element : list.tree.propertyNames()) {
                Params child = list.child(element);
                if (child != null) {
                    children.add(child);
                }
            }
        }
        return children;
    }

    /** The elements of a list of texts; empty if absent. */
    public List<String> texts(String name) {
        read.add(param(name));
        JsonNode value = tree.get(name);
        if (value == null || unset(name)) {
            return List.of();
        }
        if (value.isString()) {
            throw StripeError.malformed(null, "Invalid array", param(name));
        }
        List<String> texts = new ArrayList<>();
        value.forEach(element -> texts.add(element.asString()));
        return texts;
    }

    /** Takes texts over into an object; what was given as empty becomes null there. */
    public void copy(ObjectNode target, String... names) {
        for (String name : names) {
            if (tree.has(name)) {
                target.put(name, text(name));
            }
        }
    }

    /** Takes a nested part over as it is, with every name of {@code template} present; null if given as empty. */
    public void copyObject(ObjectNode target, String name, ObjectNode template) {
        if (unset(name)) {
            target.putNull(name);
            return;
        }
        Params child = child(name);
        if (child != null) {
            target.set(name, filled(template, child.tree()));
        }
    }

    private static ObjectNode filled(ObjectNode template, ObjectNode given) {
        ObjectNode filled = template.deepCopy();
        for (Map.Entry<String, JsonNode> field : given.properties()) {
            JsonNode sketch = template.get(field.getKey());
            if (field.getValue() instanceof ObjectNode nested) {
                filled.set(field.getKey(), filled(sketch instanceof ObjectNode inner ? inner : Json.object(), nested));
            } else {
                String text = field.getValue().asString();
                filled.put(field.getKey(), text.isEmpty() ? null : text);
            }
        }
        return filled;
    }

    /** The full name of a parameter of this part, {@code a[b][c]}. */
    public String param(String name) {
        return prefix.isEmpty() ? name : prefix + "[" + name + "]";
    }

    private static String spoken(String[] values) {
        if (values.length == 1) {
            return values[0];
        }
        String last = values[values.length - 1];
        String others = String.join(", ", List.of(values).subList(0, values.length - 1));
        return others + (values.length > 2 ? "," : "") + " or " + last;
    }
}
