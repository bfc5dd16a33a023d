package io.tillstream.simulator.api;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts objects in the place of their ids where {@code expand[]} asks for it. */
@Component
final class Expansion {
    private static final int DEEPEST = 4; // Stripe's limit

    private final Stores stores;

    Expansion(Stores stores) {
        this.stores = stores;
    }

    /** @param shape puts each object that is shown into the shape of the version that was asked for */
    void expand(ObjectNode answer, List<String> paths, Consumer<ObjectNode> shape) {
        for (String path : paths) {
            List<String> steps = List.of(path.split("\\.", -1));
            if (steps.size() > DEEPEST) {
                throw StripeError.malformed(
                        null,
                        "You cannot expand more than " + DEEPEST + " levels of a property. Property: " + path,
                        "expand");
            }
            expand(answer, new Path(steps, path, shape));
        }
    }

    /** Where to go from an object, as a whole and in what is left of it. */
    private record Path(List<String> steps, String whole, Consumer<ObjectNode> shape) {
        Path rest() {
            return new Path(steps.subList(1, steps.size()), whole, shape);
        }

        ObjectNode shaped(ObjectNode object) {
            shape.accept(object);
            return object;
        }
    }

    private void expand(ObjectNode object, Path path) {
        if (Json.isTrue(object, "deleted")) {
            return; // what is gone has no more to show
        }
        String name = path.steps().get(0);
        if (name.equals("total_count") && Json.is(object, "object", "search_result")) {
            return; // counted where it was searched
        }
        Path rest = path.rest();
        JsonNode value = object.get(name);
        boolean absent = value == null;
        if (value == null || value.isNull()) {
            value = included(object, name, value, path);
        }
        if (value.isString()) {
            Optional<ObjectNode> found = stores.find(name, value.stringValue());
            if (found.isEmpty()) {
                throw notExpandable(path.whole());
            }
            value = path.shaped(found.get());
            object.set(name, value);
        } else if (rest.steps().isEmpty() && !absent && !isExpanded(value)) {
            throw notExpandable(path.whole());
        }
        descend(object, name, value, rest);
    }

    private void descend(ObjectNode object, String name, JsonNode value, Path rest) {
        if (value instanceof ObjectNode nested && !rest.steps().isEmpty()) {
            expand(nested, rest);
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                JsonNode element = value.get(i);
                if (element.isString()) {
                    element = rest.shaped(
                            stores.find(element.stringValue()).orElseThrow(() -> notExpandable(rest.whole())));
                    ((tools.jackson.databind.node.ArrayNode) object.get(name)).set(i, element);
                }
                if (!rest.steps().isEmpty()) {
                    expand((ObjectNode) element, rest);
                }
            }
        }
    }

    private JsonNode included(ObjectNode object, String name, @Nullable JsonNode absent, Path path) {
        String type = Json.text(object, "object");
        Function<ObjectNode, JsonNode> include = type == null
                ? null
                : stores.ofType(type).map(store -> include(store, name)).orElse(null);
        if (include != null) {
            JsonNode value = include.apply(object);
            if (value instanceof ObjectNode included && included.has("object")) {
                path.shape().accept(included);
            }
            object.set(name, value);
            return value;
        }
        if (absent == null) {
            throw notExpandable(path.whole());
        }
        return absent;
    }

    private static @Nullable Function<ObjectNode, JsonNode> include(Store store, String name) {
        return store.includable(name);
    }

    /** A list or object that is there already, or null where an id could have been. */
    private static boolean isExpanded(JsonNode value) {
        return value.isNull() || value.isArray() || value.has("object");
    }

    private static StripeError notExpandable(String path) {
        String last = path.substring(path.lastIndexOf('.') + 1);
        return StripeError.malformed(
                null,
                "This property cannot be expanded (" + last
                        + ") because it is not expandable, or does not exist. Property: " + path,
                "expand");
    }
}
