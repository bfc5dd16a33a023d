package io.tillstream.simulator;

import io.tillstream.testing.LinearPatterns;
import org.junit.jupiter.api.Test;

class LinearPatternsTest {

    @Test
    void noTextOfAStrangerHoldsUpAThread() {
        LinearPatterns.check("io.tillstream.simulator");
    }
}
