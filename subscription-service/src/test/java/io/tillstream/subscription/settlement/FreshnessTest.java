package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.settlement.Freshness.Verdict;
import io.tillstream.subscription.subscription.Subscription.ObjectVersion;
import org.junit.jupiter.api.Test;

class FreshnessTest {

    private static final ObjectVersion TOLD = new ObjectVersion(100, "a", false, null);
    private static final ObjectVersion READ = new ObjectVersion(100, "a", true, null);

    private static Verdict of(ObjectVersion known, String fingerprint, StateOrigin source) {
        return Freshness.of(known, fingerprint, source).verdict();
    }

    @Test
    void theNewerCountsAndTheOlderDoesNot() {
        assertThat(of(TOLD, "b", StateOrigin.told(101))).isEqualTo(Verdict.NEWS);
        assertThat(of(TOLD, "b", StateOrigin.told(99))).isEqualTo(Verdict.PAST);
        assertThat(of(TOLD, "a", StateOrigin.told(101))).isEqualTo(Verdict.NOTHING_NEW);
    }

    @Test
    void somethingElseOfTheSameSecondIsAQuestion() {
        assertThat(of(TOLD, "b", StateOrigin.told(100))).isEqualTo(Verdict.UNCLEAR);
    }

    @Test
    void whatWasReadMayBeNewerThanALaterEvent() {
        assertThat(of(READ, "b", StateOrigin.told(101))).isEqualTo(Verdict.UNCLEAR);
        assertThat(Freshness.after(READ, "a", StateOrigin.told(101)).ahead()).isFalse();
    }

    @Test
    void anAnswerThatWasOvertakenIsNotTaken() {
        assertThat(of(TOLD, "b", StateOrigin.read(TOLD, 0))).isEqualTo(Verdict.NEWS);
        assertThat(of(TOLD, "b", StateOrigin.read(new ObjectVersion(99, "z", false, null), 0)))
                .isEqualTo(Verdict.UNCLEAR);
        assertThat(Freshness.after(TOLD, "b", StateOrigin.read(TOLD, 0)).ahead())
                .isTrue();
    }
}
