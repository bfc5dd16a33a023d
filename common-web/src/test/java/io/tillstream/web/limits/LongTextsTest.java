package io.tillstream.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One request must not keep the thread that answers all others, whatever its text. */
class LongTextsTest {

    private static final int MEGABYTE = 1024 * 1024;
    private static final int ROUNDS = 25; // the first ones run before the compiler has been there
    private static final long MOST_NANOS = 20_000_000; // a quiet machine takes a quarter; others may run beside
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    static String[] texts() {
        Random random = new Random(19);
        StringBuilder any = new StringBuilder();
        String signs = "0123456789 -._/+,:aZ\u00a0\u0664\uff14";
        while (any.length() < MEGABYTE) {
            any.append(signs.charAt(random.nextInt(signs.length())));
        }
        return new String[] {
            many("1 "),
            many("1"),
            many("1-"),
            many("4242 "),
            many("4242 4242 4242 4241 "),
            many("4242424242424241 "),
            many("4242424242424241,"),
            many("4_"),
            many("_4"),
            many("4+"),
            many("1\u200b"),
            many("\u0664\u0662"),
            many("\ud835\udfd2"),
            many("42424242-4242-4242-4242-42424242424 "),
            many("42424242-4242-4242-4242-424242424242_"),
            many("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaa-"),
            many("a"),
            many("é"),
            any.toString(),
        };
    }

    private static String many(String part) {
        return part.repeat(MEGABYTE / part.length()) + "a";
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aMegabyteHoldsNobodyUp(String text) {
        assertThat(fastest(CardNumbers::in, text)).isLessThan(MOST_NANOS);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void fourTimesTheTextTakesFourTimesAsLong(String text) {
        long quarter = fastest(CardNumbers::in, text.substring(0, text.length() / 4));
        assertThat(fastest(CardNumbers::in, text)).isLessThan(8 * quarter + MOST_NANOS / 20);
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
        assertThat(fastest(CardNumbers::masked, text)).isLessThan(3 * MOST_NANOS);
    }

    private static long reads(String text) {
        CardScan scan = new CardScan(text);
        while (scan.next()) {
            assertThat(scan.end()).isGreaterThan(scan.start());
        }
        return scan.reads();
    }

    /** What else runs on the machine makes it slower, nothing makes it faster. */
    private static long fastest(Consumer<String> search, String text) {
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = THREADS.getCurrentThreadCpuTime();
            search.accept(text);
            fastest = Math.min(fastest, THREADS.getCurrentThreadCpuTime() - start);
        }
        return fastest;
    }
}
