package io.tillstream.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
