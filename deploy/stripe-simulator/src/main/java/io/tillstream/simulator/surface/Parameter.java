package io.tillstream.simulator.surface;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A parameter of an operation, or of an object within one: what it may be, and what is in it. */
final class Parameter {
    private final List<String> kinds;
    private final Map<String, Parameter> children = new LinkedHashMap<>();
    private final Set<String> required = new LinkedHashSet<>();
    private @Nullable Integer longest;

    /** With its kinds as the file has them: {@code =now, integer} or {@code list object, unset}. */
    Parameter(String kinds) {
        this.kinds = kinds.isEmpty() ? List.of() : List.of(kinds.split(", ", -1));
    }

    Map<String, Parameter> children() {
        return children;
    }

    /** Which of its children must be there where it is itself. */
    Set<String> required() {
        return required;
    }

    /** How many characters a text may have; null if Stripe's specification does not know it. */
    @Nullable
    Integer longest() {
        return longest;
    }

    void atMost(int characters) {
        longest = characters;
    }

    @Nullable
    Parameter child(String name) {
        return children.get(name);
    }

    boolean is(String kind) {
        return kinds.contains(kind);
    }

    boolean isList() {
        return kinds.stream().anyMatch(kind -> kind.startsWith("list "));
    }

    boolean isMap() {
        return kinds.stream().anyMatch(kind -> kind.startsWith("map "));
    }

    /** Whether it has values below it. */
    boolean isTree() {
        return is("object") || isMap() || isList();
    }

    /** Whether it may be a text, a number or a list of those as well as an object. */
    boolean isAlsoText() {
        return kinds.stream().anyMatch(kind -> !kind.endsWith("object") && !kind.equals("unset"));
    }

    /** What a name within an object, a list or a map means; null if there is no such thing. */
    @Nullable
    Parameter within(String name) {
        boolean index = !name.isEmpty() && name.chars().allMatch(Character::isDigit);
        return isMap() || (isList() && index) ? element() : child(name);
    }

    /** The same for one element of the list, or one value of the map, that it may be. */
    Parameter element() {
        List<String> of = new ArrayList<>();
        for (String kind : kinds) {
            if (kind.startsWith("list ") || kind.startsWith("map ")) {
                of.add(kind.substring(kind.indexOf(' ') + 1));
            }
        }
        if (isMap()) {
            of.add("unset"); // an empty value takes the entry away
        }
        Parameter element = new Parameter(String.join(", ", of));
        element.children.putAll(children);
        element.required.addAll(required);
        element.longest = longest;
        return element;
    }

    /** The words that it may be; null if it is not one of a few words. */
    @Nullable
    List<String> words() {
        return kinds.stream()
                .filter(kind -> kind.startsWith("="))
                .findFirst()
                .map(kind -> List.of(kind.substring(1).split("\\|", -1)))
                .orElse(null);
    }
}
