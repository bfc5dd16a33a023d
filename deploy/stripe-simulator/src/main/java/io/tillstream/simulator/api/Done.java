package io.tillstream.simulator.api;

import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.surface.Operation;
import io.tillstream.simulator.surface.Refusal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Which parameters of an operation are done. Another one of Stripe's is refused by its name, never taken silently. */
final class Done {
    private final Set<String> names = new HashSet<>();
    private final Set<String> trees = new HashSet<>();
    private final Map<String, List<String>> values = new HashMap<>();

    /** As {@link Route#takes}; gives the name without values and star. */
    @CanIgnoreReturnValue
    String add(String name) {
        int equals = name.indexOf('=');
        if (equals > 0) {
            String path = name.substring(0, equals);
            values.put(path, List.of(name.substring(equals + 1).split("\\|", -1)));
            names.add(path);
            return path;
        }
        if (name.endsWith(".*")) {
            trees.add(name.substring(0, name.length() - 2));
            return name.substring(0, name.length() - 2);
        }
        names.add(name);
        return name;
    }

    /** All of them, without values and stars. */
    Set<String> names() {
        Set<String> all = new HashSet<>(names);
        all.addAll(trees);
        return all;
    }

    /** Whether any value of a parameter is done. */
    boolean has(String path) {
        return names.contains(path)
                || trees.stream().anyMatch(tree -> path.equals(tree) || path.startsWith(tree + "."));
    }

    /** Of the first parameter that Stripe would do and this stand-in does not; a value taken away was never there. */
    Optional<Refusal> refusal(List<Operation.Given> given, Predicate<String> besides) {
        return given.stream()
                .filter(each -> !each.value().isEmpty() && !besides.test(each.shown()))
                .flatMap(each -> refusal(each).stream())
                .findFirst();
    }

    private Optional<Refusal> refusal(Operation.Given given) {
        if (!has(given.path())) {
            return Optional.of(notDone(given.shown(), given.shown()));
        }
        List<String> some = values.get(given.path());
        return some == null || some.contains(given.value())
                ? Optional.empty()
                : Optional.of(notDone(given.shown() + "=" + given.value(), given.shown()));
    }

    /** Of the first parameter that was taken and that nobody read: the same as if it had not been taken. */
    Optional<Refusal> refusalOfIgnored(List<Operation.Given> given, Set<String> ignored) {
        return given.stream()
                .filter(each -> ignored.contains(each.shown()) && !isWithoutEffect(each.path()))
                .findFirst()
                .map(each -> notDone(each.shown(), each.shown()));
    }

    /** Where only one value is done, that is what would be without it: {@code automatic_tax.enabled=false}. */
    private boolean isWithoutEffect(String path) {
        List<String> some = values.get(path);
        return some != null && some.size() == 1;
    }

    private static Refusal notDone(String what, String param) {
        return new Refusal(
                "parameter_not_simulated",
                "The stand-in for Stripe does not do " + what + ". Stripe itself has this parameter.",
                param);
    }
}
