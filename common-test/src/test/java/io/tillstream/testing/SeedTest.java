package io.tillstream.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeedTest {

    @Test
    void whatFailedOnceIsHadAgainWithItsSeedWhateverRanBefore() {
        int[] first = numbers("a payment's events");
        int[] another = numbers("a refund's events");

        assertThat(numbers("a payment's events")).isEqualTo(first).isNotEqualTo(another);
    }

    @Test
    void eachTrialOfALoopHasAnotherSequence() {
        assertThat(IntStream.range(0, 300)
                        .mapToObj(trial -> Seed.random(trial).nextLong())
                        .distinct())
                .hasSize(300);
    }

    private static int[] numbers(Object purpose) {
        return Seed.random(purpose).ints(20).toArray();
    }
}
