package io.tillstream.stripe;

import io.tillstream.stripe.RefundPromises.Cover;
import io.tillstream.stripe.RefundPromises.MoneyBack;
import io.tillstream.stripe.RefundPromises.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What becomes of the promised refunds of one payment, given the money that went back of it.
 *
 * @param made by their own refund, of which Stripe's event came first
 * @param madeGood by other money now; or nothing is left that could be given back
 * @param owedAgain what had made them good does not any more
 * @param covers which money makes good which of them
 */
public record RefundPromiseStatus(List<UUID> made, List<UUID> madeGood, List<UUID> owedAgain, List<Cover> covers) {

    /**
     * One that was promised and refused at some time.
     *
     * @param isGood whether other money was known to have made it good
     */
    public record Known(Promise promise, boolean isGood) {}

    /** Who comes first in {@code known} has the first choice of the money. */
    public static RefundPromiseStatus of(
            List<Known> known, List<MoneyBack> money, List<Cover> kept, boolean nothingIsLeft) {
        Set<UUID> own =
                money.stream().map(MoneyBack::of).filter(Objects::nonNull).collect(Collectors.toSet());
        List<Known> open =
                known.stream().filter(one -> !own.contains(one.promise().id())).toList();
        List<UUID> made = known.stream()
                .map(one -> one.promise().id())
                .filter(own::contains)
                .toList();
        List<Cover> covers =
                RefundPromises.cover(open.stream().map(Known::promise).toList(), money, kept);
        Set<UUID> covered = covers.stream().map(Cover::promise).collect(Collectors.toSet());
        List<UUID> madeGood = new ArrayList<>();
        List<UUID> owedAgain = new ArrayList<>();
        for (Known one : open) {
            UUID id = one.promise().id();
            boolean isGood = nothingIsLeft || covered.contains(id);
            if (isGood != one.isGood()) {
                (isGood ? madeGood : owedAgain).add(id);
            }
        }
        return new RefundPromiseStatus(made, madeGood, owedAgain, covers);
    }
}
