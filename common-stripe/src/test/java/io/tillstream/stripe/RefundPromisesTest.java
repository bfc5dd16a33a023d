package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripe.RefundPromises.Cover;
import io.tillstream.stripe.RefundPromises.MoneyBack;
import io.tillstream.stripe.RefundPromises.Promise;
import io.tillstream.testing.Seed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RefundPromisesTest {

    private final Promise flagged = new Promise(UUID.randomUUID(), 400, at(1), at(2));
    private final Promise delayed = new Promise(UUID.randomUUID(), 400, at(3), null);

    private static Instant at(long second) {
        return Instant.ofEpochSecond(second);
    }

    private static MoneyBack dashboard(String id, long amount, long since) {
        return new MoneyBack(id, amount, at(since), null, null);
    }

    private static MoneyBack operators(String id, long amount, long asked) {
        return new MoneyBack(id, amount, at(asked), UUID.randomUUID(), at(asked));
    }

    /** Else the delayed one is asked for again, and its buyer has it twice. */
    @Test
    void eachOfTwoHasItsOwnMoney() {
        MoneyBack operators = operators("re_operator", 400, 10);
        List<Cover> first = RefundPromises.cover(List.of(flagged, delayed), List.of(operators), List.of());
        assertThat(first).containsExactly(new Cover(flagged.id(), "re_operator", 400));

        assertThat(RefundPromises.cover(
                        List.of(flagged, delayed), List.of(operators, dashboard("re_dashboard", 400, 11)), first))
                .containsExactly(
                        new Cover(flagged.id(), "re_operator", 400), new Cover(delayed.id(), "re_dashboard", 400));
    }

    /** The flag that stays names what is missing. */
    @Test
    void moneyOfJustItsAmountIsTheFirstChoiceOfAPromise() {
        var less = new Promise(UUID.randomUUID(), 300, at(1), at(2));
        assertThat(RefundPromises.cover(List.of(less, flagged), List.of(operators("re", 400, 10)), List.of()))
                .containsExactly(new Cover(flagged.id(), "re", 400));
    }

    @Test
    void partsMakeItGoodTogetherAndTheirRestIsFree() {
        List<MoneyBack> parts = List.of(dashboard("re_1", 100, 10), dashboard("re_2", 500, 11));
        assertThat(RefundPromises.cover(List.of(flagged), parts.subList(0, 1), List.of()))
                .isEmpty();
        var small = new Promise(UUID.randomUUID(), 200, at(1), at(2));
        assertThat(RefundPromises.cover(List.of(flagged, small), parts, List.of()))
                .containsExactly(
                        new Cover(flagged.id(), "re_1", 100),
                        new Cover(flagged.id(), "re_2", 300),
                        new Cover(small.id(), "re_2", 200));
    }

    /** It is of something else: the buyer would never have what they were promised. */
    @Test
    void whatWentBackBeforeMakesNothingGood() {
        assertThat(RefundPromises.cover(List.of(delayed), List.of(dashboard("re", 400, 3)), List.of()))
                .isEmpty();
        assertThat(RefundPromises.cover(List.of(flagged), List.of(operators("re", 400, 2)), List.of()))
                .isEmpty();
        assertThat(RefundPromises.cover(List.of(delayed), List.of(operators("re", 400, 10)), List.of()))
                .as("beside what is still tried")
                .isEmpty();
    }

    @Test
    void aPromiseIsNotMadeGoodByItsOwnRefund() {
        var own = new MoneyBack("re", 400, at(10), flagged.id(), at(10));
        assertThat(RefundPromises.cover(List.of(flagged), List.of(own), List.of()))
                .isEmpty();
    }

    @Test
    void moneyThatCameBackFreesItsPromiseForOther() {
        List<Cover> kept = List.of(new Cover(flagged.id(), "re_gone", 400));
        assertThat(RefundPromises.cover(List.of(flagged), List.of(), kept)).isEmpty();
        assertThat(RefundPromises.cover(List.of(flagged), List.of(dashboard("re_other", 400, 9)), kept))
                .containsExactly(new Cover(flagged.id(), "re_other", 400));
    }

    /** Whatever happened in whatever order: no cent counts twice, and no promise stays open for which there is money. */
    @RepeatedTest(200)
    void noCentMakesGoodTwoPromises(RepetitionInfo repetition) {
        Random random = Seed.random(repetition.getCurrentRepetition());
        List<Promise> promises = new ArrayList<>();
        List<MoneyBack> money = new ArrayList<>();
        List<Cover> kept = List.of();
        for (int i = 0; i < 30; i++) {
            happens(random, promises, money, i);
            List<Cover> before = kept;
            kept = RefundPromises.cover(promises, money, before);
            holds(promises, money, kept);
            assertThat(RefundPromises.cover(promises, money, kept))
                    .as("the same again")
                    .containsExactlyInAnyOrderElementsOf(kept);
            assertThat(kept).as("what holds stays").containsAll(stillWhole(before, money));
        }
    }

    private static void happens(Random random, List<Promise> promises, List<MoneyBack> money, int second) {
        long amount = 100L * (1 + random.nextInt(5));
        switch (random.nextInt(4)) {
            case 0 -> promises.add(new Promise(UUID.randomUUID(), amount, at(second), left(random, second)));
            case 1 -> money.add(dashboard("re_" + second, amount, second));
            case 2 -> money.add(operators("re_" + second, amount, second));
            default -> {
                if (!money.isEmpty()) {
                    money.remove(random.nextInt(money.size()));
                }
            }
        }
    }

    private static @Nullable Instant left(Random random, int second) {
        return random.nextBoolean() ? at(second) : null;
    }

    private static void holds(List<Promise> promises, List<MoneyBack> money, List<Cover> covers) {
        for (MoneyBack one : money) {
            assertThat(used(one, covers)).isLessThanOrEqualTo(one.amount());
        }
        for (Promise promise : promises) {
            long covered = covers.stream()
                    .filter(cover -> cover.promise().equals(promise.id()))
                    .mapToLong(Cover::amount)
                    .sum();
            assertThat(covered).isIn(0L, promise.amount());
            if (covered == 0) {
                assertThat(money.stream()
                                .filter(one -> mayCover(one, promise))
                                .mapToLong(one -> one.amount() - used(one, covers))
                                .sum())
                        .isLessThan(promise.amount());
            }
        }
        assertThat(covers).allSatisfy(cover -> assertThat(mayCover(
                        money.stream()
                                .filter(one -> one.id().equals(cover.money()))
                                .findFirst()
                                .orElseThrow(),
                        promises.stream()
                                .filter(one -> one.id().equals(cover.promise()))
                                .findFirst()
                                .orElseThrow()))
                .isTrue());
    }

    private static boolean mayCover(MoneyBack money, Promise promise) {
        Instant flaggedAt = promise.flaggedAt();
        return money.askedAt() == null
                ? money.since().isAfter(promise.failedAt())
                : flaggedAt != null && money.askedAt().isAfter(flaggedAt);
    }

    private static long used(MoneyBack money, List<Cover> covers) {
        return covers.stream()
                .filter(cover -> cover.money().equals(money.id()))
                .mapToLong(Cover::amount)
                .sum();
    }

    /** Of those whose money is all still there. */
    private static List<Cover> stillWhole(List<Cover> before, List<MoneyBack> money) {
        List<String> there = money.stream().map(MoneyBack::id).toList();
        List<UUID> lost = before.stream()
                .filter(cover -> !there.contains(cover.money()))
                .map(Cover::promise)
                .toList();
        return before.stream().filter(cover -> !lost.contains(cover.promise())).toList();
    }
}
