package io.tillstream.web.limits;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Random;

/**
 * The texts that are the most work to search for card numbers, a megabyte each. As a program it prints how long the search
 * takes:
 *
 * <pre>java -cp common-web/target/classes:common-web/target/test-classes io.tillstream.web.limits.LongTexts</pre>
 */
final class LongTexts {

    static final int MEGABYTE = 1024 * 1024;

    private static final int ROUNDS = 100; // the first ones run before the compiler has been there

    private LongTexts() {}

    public static void main(String[] arguments) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (String text : texts()) {
            long fastest = Long.MAX_VALUE;
            int found = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long start = threads.getCurrentThreadCpuTime();
                found += CardNumbers.in(text) ? 1 : 0;
                fastest = Math.min(fastest, threads.getCurrentThreadCpuTime() - start);
            }
            String begin = text.substring(0, 40);
            System.out.printf("%6.2f ms%s  %s...%n", fastest / 1e6, found > 0 ? " found" : "", begin);
        }
    }

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
            many("DE89 "),
            many("DE89 3704 0044 0532 0130 00 "),
            many("DE89 3704 0044 0532 0130 01 "),
            many("a"),
            many("é"),
            any.toString(),
        };
    }

    private static String many(String part) {
        return part.repeat(MEGABYTE / part.length()) + "a";
    }
}
