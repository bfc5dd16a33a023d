package io.tillstream.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every operation of Stripe's API with its parameters, by two witnesses, each read here by itself: stripe-java's own
 * parameter classes, written down by the simulator's {@code RequestSurfaceTest}, and Stripe's specification, written down by
 * {@code published-types/write}. The second says too what must not be missing.
 */
final class StripeSurface {

    private final Map<String, List<String>> operations = new LinkedHashMap<>();

    private StripeSurface(List<String> lines) {
        List<String> parameters = new ArrayList<>();
        for (String line : lines) {
            if (!line.startsWith(" ")) {
                parameters = new ArrayList<>();
                operations.put(line, parameters);
            } else {
                parameters.add(line);
            }
        }
    }

    static StripeSurface ofStripeJava() {
        return read("src/main/resources/request-surface.txt");
    }

    static StripeSurface published() {
        return read("src/test/resources/published-requests.txt");
    }

    private static StripeSurface read(String file) {
        try {
            return new StripeSurface(
                    Files.readAllLines(Stack.repository()
                                    .resolve("deploy/stripe-simulator")
                                    .resolve(file))
                            .stream()
                            .filter(line -> !line.startsWith("#"))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What of a request Stripe does not have: the operation, parameters, or values of them. */
    List<String> breaches(String method, String path, String form) {
        Optional<List<String>> found = operations.entrySet().stream()
                .filter(one -> matches(one.getKey(), method, path))
                .map(Map.Entry::getValue)
                .findFirst();
        if (found.isEmpty()) {
            return List.of("no such operation");
        }
        Node root = tree(found.get());
        List<String[]> fields = Arrays.stream(form.split("&"))
                .filter(field -> !field.isEmpty())
                .map(field -> field.split("=", 2))
                .toList();
        List<String> breaches = new ArrayList<>();
        Set<String> given = new HashSet<>();
        for (String[] field : fields) {
            String name = decoded(field[0]);
            given.add(name.split("\\[", -1)[0]);
            breach(root, name, field.length == 1 ? "" : decoded(field[1])).ifPresent(breaches::add);
        }
        root.children.forEach((name, node) -> {
            if (node.required && !given.contains(name)) {
                breaches.add("missing parameter " + name);
            }
        });
        return breaches;
    }

    private static boolean matches(String operation, String method, String path) {
        String[] of = operation.split(" ", 2);
        return of[0].equals(method) && path.matches(of[1].replace("{}", "[^/]+"));
    }

    private static Optional<String> breach(Node root, String name, String value) {
        Node at = root;
        for (String part : name.replace("]", "").split("\\[", -1)) {
            @Nullable Node next = at.within(part);
            if (next == null) {
                return Optional.of("unknown parameter " + name);
            }
            at = next;
        }
        return at.takes(value) ? Optional.empty() : Optional.of(name + " cannot be " + value + " (" + at.kinds + ")");
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Where some parameters are marked as optional, the others are required. */
    private static Node tree(List<String> lines) {
        boolean marked =
                lines.stream().anyMatch(line -> line.strip().split(" ", 2)[0].endsWith("?"));
        Node root = new Node("object", false);
        List<Node> path = new ArrayList<>(List.of(root));
        for (String line : lines) {
            int depth = line.length() - line.stripLeading().length();
            String[] words = line.strip().split(" ", 2);
            boolean required = marked && !words[0].endsWith("?");
            Node node = new Node(words[1].replace("/", ", "), required);
            path.subList(depth, path.size()).clear();
            path.get(depth - 1).children.put(words[0].replace("?", ""), node);
            path.add(node);
        }
        return root;
    }

    /** A parameter: what it may be, and what is in it. */
    private static final class Node {
        private final String kinds;
        private final Map<String, Node> children = new HashMap<>();

        private final boolean required;

        private Node(String kinds, boolean required) {
            this.kinds = kinds;
            this.required = required;
        }

        /** An element of a list, a value of a map or a field of an object. */
        private @Nullable Node within(String name) {
            boolean index = name.isEmpty() || name.chars().allMatch(Character::isDigit);
            boolean collection = kinds.contains("map ") || (kinds.contains("list ") && index);
            if (!collection) {
                return children.get(name);
            }
            Node element =
                    new Node(kinds.replaceAll("(list|map) ", "") + (kinds.contains("map ") ? ", unset" : ""), false);
            element.children.putAll(children);
            return element;
        }

        private boolean takes(String value) {
            return Arrays.stream(kinds.split(", "))
                    .anyMatch(kind -> kind.startsWith("=")
                            ? Arrays.asList(kind.substring(1).split("\\|")).contains(value)
                            : switch (kind) {
                                case "string" -> true;
                                case "integer" -> value.matches("-?\\d+");
                                case "any", "file" -> true;
                                case "decimal", "number" -> value.matches("-?\\d+(\\.\\d+)?");
                                case "boolean" -> value.equals("true") || value.equals("false");
                                case "unset" -> value.isEmpty();
                                default -> false;
                            });
        }
    }
}
