package io.tillstream.identity;

import io.tillstream.testing.LinearPatterns;
import org.junit.jupiter.api.Test;

class LinearPatternsTest {

    @Test
    void noTextOfAStrangerHoldsUpAThread() {
        LinearPatterns.check("io.tillstream.identity");
    }
}
