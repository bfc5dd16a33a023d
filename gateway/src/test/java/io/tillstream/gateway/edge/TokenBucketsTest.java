package io.tillstream.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TokenBucketsTest {

    private Instant now = Instant.EPOCH;

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private final TokenBuckets buckets = new TokenBuckets(2, 3, clock);

    @Test
    void aBurstIsTakenThenTheRate() {
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isFalse();
        now = now.plusMillis(500);
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isFalse();
    }

    @Test
    void askingInVainDoesNotMakeTheWaitLonger() {
        for (int i = 0; i < 100; i++) {
            buckets.take("a");
        }
        now = now.plusMillis(500);
        assertThat(buckets.take("a")).isTrue();
    }

    @Test
    void oneCallerDoesNotEmptyAnothersBucket() {
        for (int i = 0; i < 10; i++) {
            buckets.take("a");
        }
        assertThat(buckets.take("b")).isTrue();
    }

    @Test
    void aFullBucketDoesNotGrow() {
        buckets.take("a");
        now = now.plusSeconds(3_600);
        for (int i = 0; i < 3; i++) {
            assertThat(buckets.take("a")).isTrue();
        }
        assertThat(buckets.take("a")).isFalse();
    }

    /** Whoever comes with a hundred thousand addresses would have each request of anybody wait for a look at all of them. */
    @Test
    void aFullMapIsSearchedOnceASecondHoweverManyAskMeanwhile() {
        now = now.plusSeconds(3_600);
        var searches = new AtomicInteger();
        var many = new TokenBuckets(2, 3, clock, new ConcurrentHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public Collection<TokenBuckets.Bucket> values() {
                searches.incrementAndGet();
                return super.values();
            }
        });
        for (int i = 0; i < 100_000; i++) {
            many.take("address " + i);
        }
        for (int i = 0; i < 1_000; i++) {
            many.take("another " + i);
        }
        assertThat(searches).hasValue(1);
        assertThat(many.take("late")).as("all others share one bucket").isFalse();

        now = now.plusSeconds(1);

        for (int i = 0; i < 3; i++) {
            assertThat(many.take("late")).as("room is made for it").isTrue();
        }
        assertThat(searches).hasValue(2);
    }

    @Test
    void whatIsGivenBackCanBeTakenAgainAndIsNoMoreThanABurst() {
        buckets.take("a");
        buckets.take("a");
        buckets.take("a");
        buckets.giveBack("a");
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isFalse();
        for (int i = 0; i < 10; i++) {
            buckets.giveBack("a");
        }
        aBurstIsTakenThenTheRate();
    }
}
