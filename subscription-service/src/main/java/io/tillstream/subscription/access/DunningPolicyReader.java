package io.tillstream.subscription.access;

import io.tillstream.subscription.access.DunningAccessPolicy.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/** Reads a dunning policy, from a file or a request, and names all that is not clear in it. */
public final class DunningPolicyReader {

    private static final Duration LONGEST = Duration.ofDays(366); // nobody owes for longer and keeps a subscription

    /** A policy that says nothing of money that went back gives nothing for it. */
    private static final Set<PaymentProblem> MAY_BE_LEFT_OUT = Set.of(PaymentProblem.DISPUTED, PaymentProblem.REFUNDED);

    private static final int WHOLE_STATE = -1;
    private static final List<String> KNOWN =
            List.of(PaymentProblem.values()).stream().map(PaymentProblem::text).toList();

    private final List<Fault> faults = new ArrayList<>();

    private DunningPolicyReader() {}

    /**
     * What is wrong.
     *
     * @param field as a path: {@code past_due[1].grade}
     * @param text as one sentence, for whoever reads the file
     */
    public record Fault(String field, String message, String text) {}

    /** The policy, if nothing is wrong. */
    public record Result(Optional<DunningAccessPolicy> policy, List<Fault> faults) {}

    /** Reads lists of {@code after} and {@code grade} by the state of payment. */
    public static Result read(Map<?, ?> states) {
        var reader = new DunningPolicyReader();
        Map<PaymentProblem, List<Step>> steps = reader.states(states);
        return new Result(
                reader.faults.isEmpty() ? Optional.of(new DunningAccessPolicy(steps)) : Optional.empty(),
                List.copyOf(reader.faults));
    }

    private Map<PaymentProblem, List<Step>> states(Map<?, ?> states) {
        for (Object state : states.keySet()) {
            if (!KNOWN.contains(String.valueOf(state))) {
                String message = "is not one of " + KNOWN;
                faults.add(new Fault(String.valueOf(state), message, "'" + state + "' " + message));
            }
        }
        Map<PaymentProblem, List<Step>> steps = new EnumMap<>(PaymentProblem.class);
        for (PaymentProblem state : PaymentProblem.values()) {
            if (MAY_BE_LEFT_OUT.contains(state) && !states.containsKey(state.text())) {
                steps.put(state, List.of(new Step(Duration.ZERO, AccessLevel.NONE)));
            } else if (states.get(state.text()) instanceof List<?> listed && !listed.isEmpty()) {
                steps.put(state, steps(state.text(), listed));
            } else {
                wrong(state.text(), WHOLE_STATE, "", "has no steps");
            }
        }
        return steps;
    }

    private List<Step> steps(String state, List<?> listed) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < listed.size(); i++) {
            Step step = step(state, i, listed.get(i));
            if (step == null) {
                return List.of(); // what follows cannot be compared with it
            }
            if (i == 0 && !step.after().isZero()) {
                wrong(state, i, "after", "the first step begins after 0d");
            }
            if (i > 0) {
                follows(state, i, steps.get(i - 1), step);
            }
            steps.add(step);
        }
        return List.copyOf(steps);
    }

    private void follows(String state, int place, Step before, Step step) {
        if (step.after().compareTo(before.after()) <= 0) {
            wrong(state, place, "after", "must begin later than the step before");
        }
        if (!before.grade().isBetterThan(step.grade())) {
            wrong(state, place, "grade", "must give less than the step before");
        }
    }

    private @Nullable Step step(String state, int place, @Nullable Object one) {
        if (!(one instanceof Map<?, ?> step) || !step.keySet().equals(Set.of("after", "grade"))) {
            wrong(state, place, "", "needs 'after' and 'grade', and nothing else");
            return null;
        }
        Duration after = after(state, place, String.valueOf(step.get("after")));
        AccessLevel grade = grade(state, place, String.valueOf(step.get("grade")));
        return after == null || grade == null ? null : new Step(after, grade);
    }

    private @Nullable Duration after(String state, int place, String text) {
        try {
            Duration after = DurationStyle.SIMPLE.parse(text);
            if (!after.isNegative() && after.compareTo(LONGEST) <= 0) {
                return after;
            }
            wrong(state, place, "after", "'" + text + "' is not from 0d to " + LONGEST.toDays() + "d");
        } catch (IllegalArgumentException | ArithmeticException e) {
            wrong(state, place, "after", "'" + text + "' is not a time like 3d or 12h");
        }
        return null;
    }

    private @Nullable AccessLevel grade(String state, int place, String text) {
        return switch (text) {
            case "full" -> AccessLevel.FULL;
            case "limited" -> AccessLevel.LIMITED;
            case "blocked" -> AccessLevel.NONE;
            default -> {
                wrong(state, place, "grade", "'" + text + "' is not one of full, limited, blocked");
                yield null;
            }
        };
    }

    private void wrong(String state, int place, String key, String message) {
        if (place == WHOLE_STATE) {
            faults.add(new Fault(state, message, state + " " + message));
        } else {
            String field = state + "[" + place + "]" + (key.isEmpty() ? "" : "." + key);
            faults.add(new Fault(field, message, state + ", step " + (place + 1) + ": " + message));
        }
    }
}
