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

    /** A window whose end is before its beginning has nothing in it, and all passes until that time would be such. */
    @Test
    void aPassOfAClockThatRanAheadDoesNotHideWhatComesAfterIt() {
        Bookmark pass = doneUntil(NOW.plus(Duration.ofHours(5))).begin(OLDEST, NOW);
        assertThat(pass.from()).isEqualTo(NOW.minus(Duration.ofHours(1)).getEpochSecond());
        assertThat(pass.ended().begin(OLDEST, NOW.plusSeconds(300)).from()).isLessThan(NOW.getEpochSecond());
    }

    @Test
    void theFirstPassReachesAsFarBackAsStripeDoes() {
        assertThat(Bookmark.NONE.begin(OLDEST, NOW).from()).isEqualTo(OLDEST.getEpochSecond());
    }
}
