package io.tillstream.drift.report;

import io.tillstream.drift.DriftKind;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One thing that differs.
 *
 * @param field by Stripe's name; {@link #OBJECT}: one side has nothing at all
 * @param ours null: nothing is known here; {@code stripes} null: Stripe has nothing
 */
record DriftDifference(
        String kind,
        @Nullable String ourId,
        String stripeId,
        String field,
        @Nullable String ours,
        @Nullable String stripes) {

    static final String OBJECT = "object";

    private static final String THERE = "there";
    private static final String NOT_SHOWN = "(not shown)";

    /** Whether it lasts. */
    enum Status {
        SUSPECTED,
        CONFIRMED,
        SETTLED,
        REPAIRED
    }

    /** What differs between two sides of one object, of which one may be nothing. */
    static List<DriftDifference> between(
            DriftKind kind, String stripeId, DriftKind.@Nullable Side ours, DriftKind.@Nullable Side theirs) {
        if (ours == null || theirs == null) {
            boolean both = ours == null && theirs == null;
            String ourId = ours != null ? ours.ourId() : theirs != null ? theirs.ourId() : null;
            return both
                    ? List.of()
                    : List.of(new DriftDifference(kind.name(), ourId, stripeId, OBJECT, told(ours), told(theirs)));
        }
        List<DriftDifference> differences = new ArrayList<>();
        new TreeMap<>(ours.fields()).forEach((field, value) -> {
            String other = theirs.fields().get(field);
            if (other != null && !other.equals(value)) {
                boolean hidden = kind.isPrivate(field);
                differences.add(new DriftDifference(
                        kind.name(),
                        ours.ourId(),
                        stripeId,
                        field,
                        hidden ? NOT_SHOWN : value,
                        hidden ? NOT_SHOWN : other));
            }
        });
        return differences;
    }

    private static @Nullable String told(DriftKind.@Nullable Side side) {
        return side == null ? null : side.fields().getOrDefault("status", THERE);
    }
}
