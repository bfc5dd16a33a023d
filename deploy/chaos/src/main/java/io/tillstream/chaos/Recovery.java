package io.tillstream.chaos;

import java.util.List;

/**
 * How long all took to settle after a round's last fault was mended.
 *
 * @param faults what was broken
 * @param millis until nothing was on its way any more, or until the limit was over
 * @param left what was still on its way at the limit; empty if all had settled
 */
record Recovery(int round, List<String> faults, long millis, List<String> left) {
    boolean isSettled() {
        return left.isEmpty();
    }
}
