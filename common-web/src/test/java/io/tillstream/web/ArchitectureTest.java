package io.tillstream.web;

import io.tillstream.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void theRulesOfTheArchitectureAreKept() {
        ArchitectureRules.check("io.tillstream.web");
    }
}
