package io.tillstream.subscription.access;

import io.tillstream.subscription.access.DunningAccessPolicy.Step;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads the dunning policy; whatever is not clear in it keeps the service from starting, and the error says what. */
final class DunningFile {

    private static final Duration LONGEST = Duration.ofDays(366); // nobody owes for longer and keeps a subscription

    /** A policy that says nothing of money that went back gives nothing for it. */
    private static final Set<PaymentProblem> MAY_BE_LEFT_OUT = Set.of(PaymentProblem.DISPUTED, PaymentProblem.REFUNDED);

    private final String name;

    private DunningFile(String name) {
        this.name = name;
    }

    /** A path on disk, or {@code classpath:} and a name. */
    static DunningAccessPolicy read(String location, ResourceLoader loader) {
        Resource file = location.contains(":") ? loader.getResource(location) : new FileSystemResource(location);
        try (InputStream in = file.getInputStream()) {
            return new DunningFile(location).policy(parse(location, in));
        } catch (IOException e) {
            throw new IllegalStateException("DUNNING_POLICY: " + location + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable Object parse(String location, InputStream in) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try {
            return new Yaml(new SafeConstructor(options)).load(in);
        } catch (YAMLException e) {
            throw new IllegalStateException("DUNNING_POLICY: " + location + " is not YAML: " + e.getMessage(), e);
        }
    }

    private DunningAccessPolicy policy(@Nullable Object parsed) {
        if (!(parsed instanceof Map<?, ?> states)) {
            throw wrong("does not list payment states");
        }
        for (Object state : states.keySet()) {
            if (!known().contains(String.valueOf(state))) {
                throw wrong("'" + state + "' is not one of " + known());
            }
        }
        Map<PaymentProblem, List<Step>> steps = new EnumMap<>(PaymentProblem.class);
        for (PaymentProblem state : PaymentProblem.values()) {
            if (MAY_BE_LEFT_OUT.contains(state) && !states.containsKey(state.text())) {
                steps.put(state, List.of(new Step(Duration.ZERO, AccessLevel.NONE)));
                continue;
            }
            if (!(states.get(state.text()) instanceof List<?> listed) || listed.isEmpty()) {
                throw wrong(state.text() + " has no steps");
            }
            steps.put(state, steps(state.text(), listed));
        }
        return new DunningAccessPolicy(steps);
    }

    private List<Step> steps(String state, List<?> listed) {
        List<Step> steps = new ArrayList<>();
        for (Object one : listed) {
            String where = state + ", step " + (steps.size() + 1);
            Step step = step(where, one);
            if (steps.isEmpty() && !step.after().isZero()) {
                throw wrong(where + ": the first step begins after 0d");
            }
            if (!steps.isEmpty()) {
                follows(where, steps.get(steps.size() - 1), step);
            }
            steps.add(step);
        }
        return List.copyOf(steps);
    }

    private void follows(String where, Step before, Step step) {
        if (step.after().compareTo(before.after()) <= 0) {
            throw wrong(where + ": must begin later than the step before");
        }
        if (!before.grade().isBetterThan(step.grade())) {
            throw wrong(where + ": must give less than the step before");
        }
    }

    private Step step(String where, Object one) {
        if (!(one instanceof Map<?, ?> step) || !step.keySet().equals(Set.of("after", "grade"))) {
            throw wrong(where + ": needs 'after' and 'grade', and nothing else");
        }
        return new Step(
                after(where, String.valueOf(step.get("after"))), grade(where, String.valueOf(step.get("grade"))));
    }

    private Duration after(String where, String text) {
        Duration after;
        try {
            after = DurationStyle.SIMPLE.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrong(where + ": '" + text + "' is not a time like 3d or 12h");
        }
        if (after.isNegative() || after.compareTo(LONGEST) > 0) {
            throw wrong(where + ": '" + text + "' is not from 0d to " + LONGEST.toDays() + "d");
        }
        return after;
    }

    private AccessLevel grade(String where, String text) {
        return switch (text) {
            case "full" -> AccessLevel.FULL;
            case "limited" -> AccessLevel.LIMITED;
            case "blocked" -> AccessLevel.NONE;
            default -> throw wrong(where + ": '" + text + "' is not one of full, limited, blocked");
        };
    }

    private static List<String> known() {
        return List.of(PaymentProblem.values()).stream()
                .map(PaymentProblem::text)
                .toList();
    }

    private IllegalStateException wrong(String what) {
        return new IllegalStateException("DUNNING_POLICY: " + name + ": " + what);
    }
}
