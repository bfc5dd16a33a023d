package io.tillstream.subscription.access;

import io.tillstream.events.EntitlementEvent;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a user may use of one feature, whatever gives it: the best of all sources.
 *
 * @param subscriptionId of the source that gives the best; null: Stripe itself
 * @param since when the first of those sources began that give it now
 */
record Entitlement(
        String userId,
        String feature,
        AccessLevel grade,
        @Nullable String subscriptionId,
        Instant since,
        @Nullable Instant until) {

    /** The better grade, then the one that lasts longer, then the older: the same whatever the order of the rows. */
    private static final Comparator<EntitlementGrant> BEST_FIRST = Comparator.comparing(EntitlementGrant::grade)
            .reversed()
            .thenComparing(EntitlementGrant::until, Comparator.nullsFirst(Comparator.reverseOrder()))
            .thenComparing(EntitlementGrant::since)
            .thenComparing(EntitlementGrant::source);

    /** By feature; what nothing gives is not among them. */
    static Map<String, Entitlement> of(List<EntitlementGrant> all) {
        return all.stream()
                .filter(EntitlementGrant::isGiven)
                .collect(Collectors.groupingBy(
                        EntitlementGrant::feature,
                        TreeMap::new,
                        Collectors.collectingAndThen(Collectors.toList(), Entitlement::best)));
    }

    private static Entitlement best(List<EntitlementGrant> sources) {
        EntitlementGrant best = sources.stream().min(BEST_FIRST).orElseThrow();
        Instant since = sources.stream()
                .map(EntitlementGrant::since)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        return new Entitlement(
                best.userId(),
                best.feature(),
                best.grade(),
                best.isStripes() ? null : best.source(),
                since,
                best.until());
    }

    /**
     * What has to be told after {@code before} became {@code after}, where null is nothing. Who listens only to granted
     * and revoked has to know of a feature that is limited from the first.
     */
    static List<EntitlementEvent> change(@Nullable Entitlement before, @Nullable Entitlement after, Instant now) {
        if (after == null) {
            return before == null ? List.of() : List.of(before.revoked(now));
        }
        if (before == null) {
            return after.grade() == AccessLevel.FULL
                    ? List.of(after.granted())
                    : List.of(after.granted(), after.limited());
        }
        if (before.grade() == after.grade()) {
            return List.of();
        }
        return List.of(after.grade() == AccessLevel.FULL ? after.granted() : after.limited());
    }

    /** Another source took over: for the user it is the same entitlement. */
    Entitlement since(Instant first) {
        return new Entitlement(userId, feature, grade, subscriptionId, first, until);
    }

    private EntitlementEvent granted() {
        return new EntitlementEvent.Granted(userId, feature, subscriptionId, since.toString(), text(until));
    }

    private EntitlementEvent limited() {
        return new EntitlementEvent.Limited(userId, feature, subscriptionId, since.toString(), text(until));
    }

    private EntitlementEvent revoked(Instant now) {
        return new EntitlementEvent.Revoked(userId, feature, subscriptionId, since.toString(), now.toString());
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
