package io.tillstream.drift.report;

import io.tillstream.drift.DriftKind.Span;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A comparison with Stripe, as far as it has come.
 *
 * @param round how often its repair was asked for
 * @param compared objects of either side
 * @param calls to Stripe
 * @param problem why its last step failed
 * @param leftOut what could not be compared, and why; it is no comparison of all then
 * @param token of the lease under which it was read
 * @param waits whether its next step is for later
 */
record DriftReport(
        UUID id,
        AskedBy askedBy,
        Span span,
        Place place,
        int round,
        long compared,
        long calls,
        @Nullable String problem,
        @Nullable String leftOut,
        long token,
        boolean waits,
        Times times) {

    /** Who wants it. */
    enum AskedBy {
        SCHEDULE,
        OPERATOR;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is done now, in this order; a repair is followed by another look. */
    enum Phase {
        /** Stripe's lists are gone through. */
        LIST,
        /** What is known here and was in none of them is asked for one by one. */
        UNSEEN,
        /** What differs is looked at again, some time later. */
        CONFIRM,
        /** What differs is taken in as Stripe has it. */
        REPAIR,
        DONE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Phase of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * Where the next step goes on.
     *
     * @param list which of the kind's lists
     * @param after the id after which it goes on there; null: at the beginning
     */
    record Place(
            Phase phase, String kind, int list, @Nullable String after) {

        Place after(@Nullable String id) {
            return new Place(phase, kind, list, id);
        }

        Place nextList() {
            return new Place(phase, kind, list + 1, null);
        }

        Place in(Phase next) {
            return new Place(next, kind, 0, null);
        }
    }

    /** When what of it happened. */
    record Times(
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {}

    /** After a step. */
    DriftReport at(Place next, long moreCompared, long moreCalls) {
        return new DriftReport(
                id,
                askedBy,
                span,
                next,
                round,
                compared + moreCompared,
                calls + moreCalls,
                null,
                leftOut,
                token,
                waits,
                times);
    }

    /** Where what it was at is left out for this reason. */
    DriftReport leavingOut(String why) {
        String left = leftOut == null ? why : leftOut + "; " + why;
        return new DriftReport(id, askedBy, span, place, round, compared, calls, why, left, token, waits, times);
    }

    boolean isDone() {
        return place.phase() == Phase.DONE;
    }

    /** Differs with each repair that was asked for. */
    String look() {
        return id + "." + round;
    }
}
