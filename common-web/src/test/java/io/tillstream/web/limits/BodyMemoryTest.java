package io.tillstream.web.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is counted is what came, not what was announced; and all that was counted is given back. */
class BodyMemoryTest {

    /** Seconds that a body is held at most. */
    private static final int LAST = 10;

    private static final int KB = 1024;
    private static final int BODY = 64 * KB;

    private final AtomicLong nanos = new AtomicLong();
    private final BodyMemory memory = memory(100, 60, 40);

    private BodyMemory memory(long most, long mostPerAddress, long leastPerAddress) {
        return new BodyMemory(
                new BodyMemory.Limits(most, mostPerAddress, leastPerAddress, Duration.ofSeconds(LAST + 30)),
                nanos::get);
    }

    @Test
    void aBodyTakesMoreAsItComes() {
        BodyMemory.Share share = memory.share("one");
        share.hold(10);
        share.hold(5); // is among what it has
        share.hold(60);
        assertThatThrownBy(() -> share.hold(61)).isInstanceOf(Problem.class).hasMessageContaining("Too many");
        assertThatNoException().isThrownBy(() -> memory.share("another").hold(40));
        assertThatThrownBy(() -> memory.share("third").hold(1)).hasMessageContaining("too much to read");
    }

    @Test
    void whatWasHeldIsThereForTheNext() {
        for (int round = 0; round < 3; round++) {
            BodyMemory.Share share = memory.share("one");
            share.hold(10);
            share.hold(60);
            assertThatThrownBy(() -> share.hold(70)).isInstanceOf(Problem.class);
            share.giveBack();
        }
        assertThat(memory.share("one")).satisfies(share -> share.hold(60));
    }

    /** The time for a body is over while a part of it just comes: what it took after that nobody would ever give back. */
    @Test
    void whatComesAfterItWasGivenBackTakesNothing() {
        for (int round = 0; round < 3; round++) {
            BodyMemory.Share share = memory.share("one");
            share.hold(10);
            share.giveBack();
            share.hold(60);
        }
        assertThatNoException().isThrownBy(() -> memory.share("one").hold(60));
        assertThatNoException().isThrownBy(() -> memory.share("another").hold(40));
    }

    /** Bodies of somebody who takes all there is, each second anew; counted in bodies by the second in which they end. */
    private final class Greedy {

        private final Random random;
        private final BodyMemory of;
        private final NavigableMap<Long, List<BodyMemory.Share>> held = new TreeMap<>();

        Greedy(Random random, BodyMemory of) {
            this.random = random;
            this.of = of;
        }

        private void endUntil(long second) {
            var over = held.headMap(second, true);
            over.values().forEach(shares -> shares.forEach(BodyMemory.Share::giveBack));
            over.clear();
        }

        private void fillBy(String address, long second) {
            BodyMemory.Share share = of.share(address);
            while (isTaken(share)) {
                int lasts = random.nextBoolean() ? LAST : 1 + random.nextInt(LAST);
                held.computeIfAbsent(second + lasts, end -> new ArrayList<>()).add(share);
                share = of.share(address);
            }
        }
    }

    private static boolean isTaken(BodyMemory.Share share) {
        try {
            share.hold(BODY);
            return true;
        } catch (Problem full) {
            return false;
        }
    }

    /** Else two addresses without a token keep a shop closed for as long as they like. */
    @ParameterizedTest(name = "{0} addresses, of which each may have {1} of 12 MB")
    @CsvSource({"1, 8", "1, 12", "2, 8", "2, 12", "3, 8", "3, 12", "4, 8", "7, 8", "16, 8", "50, 8", "95, 8", "95, 12"})
    void soManyAddressesKeepNobodyOutForLongerThanABodyLasts(int hostile, int each) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        BodyMemory half = memory(12 * KB * KB, each * KB * KB, BODY);
        Greedy all = new Greedy(random, half);
        List<String> addresses = new ArrayList<>(
                IntStream.range(0, hostile).mapToObj(i -> "hostile-" + i).toList());
        int refused = 0;
        for (long second = 0; second < 20 * LAST; second++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            all.endUntil(second);
            Collections.shuffle(addresses, random);
            long now = second;
            addresses.forEach(address -> all.fillBy(address, now));
            BodyMemory.Share buyer = half.share("buyer");
            if (isTaken(buyer)) {
                buyer.giveBack();
            } else {
                refused++;
                assertThat(second).as("second of a refusal, seed " + seed).isLessThan(LAST);
            }
        }
        assertThat(refused).as("refusals, seed " + seed).isLessThanOrEqualTo(LAST);
    }

    /** The same memory is there for a rush of buyers, from behind one address or from many, while it is not scarce. */
    @Test
    void whileHalfOfItIsFreeNobodyIsCounted() {
        BodyMemory half = memory(12 * KB * KB, 8 * KB * KB, BODY);
        for (int i = 0; i < 500; i++) {
            half.share("buyer-" + i).hold(KB);
        }
        assertThatNoException().isThrownBy(() -> half.share("office").hold(5 * KB * KB));
        assertThatThrownBy(() -> half.share("office").hold(KB * KB)).hasMessageContaining("Too many");
    }

    /** Who asks no more has no share: after an hour of many addresses a single one has all that one may have. */
    @Test
    void whoAsksNoMoreIsForgotten() {
        BodyMemory half = memory(12 * KB * KB, 8 * KB * KB, BODY);
        List<BodyMemory.Share> shares = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            BodyMemory.Share share = half.share("buyer-" + i);
            shares.add(share);
            isTaken(share);
        }
        shares.forEach(BodyMemory.Share::giveBack);
        nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
        assertThatNoException().isThrownBy(() -> half.share("one").hold(8 * KB * KB));
    }
}
