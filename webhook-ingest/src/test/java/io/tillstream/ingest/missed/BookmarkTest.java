package io.tillstream.ingest.missed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Which window of time the next pass asks Stripe for. */
class BookmarkTest {

    private static final Instant NOW = Instant.parse("2026-08-01T12:00:00Z");
    private static final Instant OLDEST = NOW.minus(Duration.ofDays(30));

    private static Bookmark doneUntil(Instant done) {
        return new Bookmark(done.getEpochSecond(), 0, 0, null);
    }

    @Test
    void aPassBeginsAnHourBeforeWhereTheLastOneEnded() {
        Bookmark pass = doneUntil(NOW.minus(Duration.ofMinutes(5))).begin(OLDEST, NOW);
        assertThat(pass.from()).isEqualTo(NOW.minus(Duration.ofMinutes(65)).getEpochSecond());
        assertThat(pass.until()).isEqualTo(NOW.getEpochSecond());
    }

    /** What the passes of such a clock asked for lay in the future: nobody knows which of them saw anything at all. */
    @Test
    void afterAClockThatRanAheadAPassReachesAsFarBackAsStripeDoes() {
        Bookmark last = doneUntil(NOW.minus(Duration.ofMinutes(5)));
        for (int hours = 5; hours < 8; hours++) {
            Instant ahead = NOW.plus(Duration.ofHours(hours));
            last = last.begin(ahead.minus(Duration.ofDays(30)), ahead).ended();
        }
        Bookmark pass = last.begin(OLDEST, NOW.plus(Duration.ofHours(3)));
        assertThat(pass.from()).isEqualTo(OLDEST.getEpochSecond());
        assertThat(pass.until()).isEqualTo(NOW.plus(Duration.ofHours(3)).getEpochSecond());
    }

    /** Thirty days of events are listed for a clock that is wrong, not for two that differ by seconds. */
    @Test
    void clocksOfTwoInstancesThatDifferBySecondsCostNoLongPass() {
        Bookmark pass = doneUntil(NOW.plusSeconds(20)).begin(OLDEST, NOW);
        assertThat(pass.from()).isEqualTo(NOW.minus(Duration.ofHours(1)).getEpochSecond());
    }

    @Test
    void theFirstPassReachesAsFarBackAsStripeDoes() {
        assertThat(Bookmark.NONE.begin(OLDEST, NOW).from()).isEqualTo(OLDEST.getEpochSecond());
    }
}
