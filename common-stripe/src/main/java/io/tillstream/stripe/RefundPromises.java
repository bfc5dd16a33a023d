package io.tillstream.stripe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which money makes good a refund that was promised and that Stripe refused. A cent makes good one promise only, a promise is
 * made good as a whole or not at all, and what was found stays for as long as that money does not come back.
 */
public final class RefundPromises {

    private static final Comparator<MoneyBack> OLDEST =
            Comparator.comparing(MoneyBack::since).thenComparing(MoneyBack::id);

    private final List<MoneyBack> money;
    private final Map<String, Long> free = new HashMap<>();
    private final List<Cover> found = new ArrayList<>();

    private RefundPromises(List<MoneyBack> money) {
        this.money = money.stream().sorted(OLDEST).toList();
        money.forEach(one -> free.put(one.id(), one.amount()));
    }

    /**
     * A refund that was promised and refused.
     *
     * @param amount in the currency's smallest unit, as all amounts here
     * @param failedAt when Stripe first refused it
     * @param flaggedAt since when it is left to a person; null: it is still tried, and its amount kept from operators
     */
    public record Promise(
            UUID id,
            long amount,
            Instant failedAt,
            @Nullable Instant flaggedAt) {}

    /**
     * Money that went back, and did not come back.
     *
     * @param since when it was first known to go back, by the clock of {@code failedAt}
     * @param of the refund of ours that it is; null: somebody made it at Stripe's dashboard, or a bank took it
     * @param askedAt when an operator asked for that refund
     */
    public record MoneyBack(
            String id,
            long amount,
            Instant since,
            @Nullable UUID of,
            @Nullable Instant askedAt) {

        /** What went back before is of something else, and so is what an operator gave beside one that was still tried. */
        private boolean mayCover(Promise promise) {
            Instant left = promise.flaggedAt();
            if (of == null || askedAt == null) {
                return since.isAfter(promise.failedAt());
            }
            return !of.equals(promise.id()) && left != null && askedAt.isAfter(left);
        }
    }

    /** So much of this money makes good this promise. */
    public record Cover(UUID promise, String money, long amount) {}

    /**
     * Finds money for each promise that has none: what is of just its amount first, so that what stays open is what is missing,
     * else the oldest money.
     *
     * @param promises who comes first has the first choice
     * @param kept what was found before; of a promise whose money came back nothing is kept
     */
    public static List<Cover> cover(List<Promise> promises, List<MoneyBack> money, List<Cover> kept) {
        var now = new RefundPromises(money);
        List<Promise> open =
                promises.stream().filter(promise -> !now.keeps(promise, kept)).toList();
        List<Promise> unequal = open.stream()
                .filter(promise -> !now.finds(promise, one -> now.free(one.id()) == promise.amount()))
                .toList();
        for (Promise promise : unequal) {
            var unused = now.finds(promise, one -> true);
        }
        return List.copyOf(now.found);
    }

    private boolean keeps(Promise promise, List<Cover> kept) {
        List<Cover> own = kept.stream()
                .filter(cover -> cover.promise().equals(promise.id()))
                .toList();
        boolean whole = own.stream().mapToLong(Cover::amount).sum() == promise.amount()
                && own.stream().allMatch(cover -> free(cover.money()) >= cover.amount());
        if (whole) {
            own.forEach(this::take);
        }
        return whole;
    }

    private boolean finds(Promise promise, Predicate<MoneyBack> which) {
        List<Cover> enough = new ArrayList<>();
        long missing = promise.amount();
        for (MoneyBack one : money) {
            long part = Math.min(missing, free(one.id()));
            if (part > 0 && one.mayCover(promise) && which.test(one)) {
                enough.add(new Cover(promise.id(), one.id(), part));
                missing -= part;
            }
        }
        if (missing == 0) {
            enough.forEach(this::take);
        }
        return missing == 0;
    }

    private void take(Cover cover) {
        free.merge(cover.money(), -cover.amount(), Long::sum);
        found.add(cover);
    }

    private long free(String moneyId) {
        return free.getOrDefault(moneyId, 0L);
    }
}
