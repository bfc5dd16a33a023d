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
 * Every operation of Stripe's API with its parameters, by three witnesses, each read here by itself: stripe-java's own
 * parameter classes, written down by the simulator's {@code RequestSurfaceTest}; Stripe's specification, written down by
 * {@code published-types/write}, which says too what must not be missing; and Stripe's command line, by {@code write-cli}.
 */
final class StripeSurface {

    /** Maps, and what the command line does by itself. */
    private static final Set<String> NOT_OF_CLI = Set.of("expand", "metadata", "currency_options");

    /** What has two forms, a number or a word, a token or a card: the command line has one of them. */
    private static final Set<String> HALF_OF_CLI = Set.of("cancel_at", "off_session", "start_date", "token");

    private final Map<String, List<String>> operations = new LinkedHashMap<>();
    private final boolean ofCli;

    private StripeSurface(List<String> lines, boolean ofCli) {
        this.ofCli = ofCli;
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
        return read("src/main/resources/request-surface.txt", false);
    }

    static StripeSurface published() {
        return read("src/test/resources/published-requests.txt", false);
    }

    /** It has no word for maps, for lists of objects, and for a value that is taken away: nothing is judged there. */
    static StripeSurface ofCli() {
        return read("src/test/resources/cli-requests.txt", true);
    }

    private static StripeSurface read(String file, boolean ofCli) {
        try {
            return new StripeSurface(
                    Files.readAllLines(Stack.repository()
                                    .resolve("deploy/stripe-simulator")
                                    .resolve(file))
                            .stream()
                            .filter(line -> !line.startsWith("#"))
                            .toList(),
                    ofCli);
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
            String value = field.length == 1 ? "" : decoded(field[1]);
            given.add(top(name));
            if (!ofCli || isOfCli(method, name, value)) {
                breach(root, name, value).ifPresent(breaches::add);
            }
        }
        root.children.forEach((name, node) -> {
            if (node.required && !given.contains(name)) {
                breaches.add("missing parameter " + name);
            }
        });
        return breaches;
    }

    /** In the address it has nothing with parts, and for a DELETE nothing at all. */
    private static boolean isOfCli(String method, String name, String value) {
        List<String> parts = List.of(name.replace("]", "").split("\\[", -1));
        boolean ofObjects = parts.subList(0, parts.size() - 1).stream().anyMatch(StripeSurface::isIndex);
        return !value.isEmpty()
                && !method.equals("DELETE")
                && !(method.equals("GET") && parts.size() > 1)
                && !ofObjects
                && parts.stream().noneMatch(NOT_OF_CLI::contains)
                && !HALF_OF_CLI.contains(parts.get(parts.size() - 1));
    }

    private static String top(String name) {
        return name.split("\\[", -1)[0];
    }

    private static boolean isIndex(String part) {
        return part.isEmpty() || part.chars().allMatch(Character::isDigit);
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
            boolean collection = kinds.contains("map ") || (kinds.contains("list ") && isIndex(name));
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
