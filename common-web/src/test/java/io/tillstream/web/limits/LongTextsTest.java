package io.tillstream.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One request must not keep the thread that answers all others, whatever its text: looks are counted, not times. */
class LongTextsTest {

    static String[] texts() {
        return LongTexts.texts();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aMegabyteHoldsNobodyUp(String text) {
        CardScan scan = new CardScan(text);
        boolean found = scan.next();
        assertThat(found).isEqualTo(CardNumbers.in(text));
        assertThat(scan.reads()).isLessThanOrEqualTo(4 * LongTexts.MEGABYTE);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void fourTimesTheTextTakesFourTimesAsLong(String text) {
        long quarter = reads(text.substring(0, text.length() / 4));
        assertThat(reads(text)).isLessThan(4 * quarter + 200);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void eachCharacterIsReadAFewTimesWhateverTheLength(String text) {
        long half = reads(text.substring(0, text.length() / 2));
        long whole = reads(text);
        assertThat(whole).isBetween((long) text.length() / 2, 4L * text.length());
        assertThat(whole).isLessThan(2 * half + 100);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void whereItIsMaskedNeither(String text) {
        CardScan scan = new CardScan(text);
        String masked = CardNumbers.masked(text, scan);
        assertThat(masked).isEqualTo(CardNumbers.masked(text));
        assertThat(scan.reads()).isLessThanOrEqualTo(4 * LongTexts.MEGABYTE);
    }

    private static long reads(String text) {
        CardScan scan = new CardScan(text);
        while (scan.next()) {
            assertThat(scan.end()).isGreaterThan(scan.start());
        }
        return scan.reads();
    }
}
