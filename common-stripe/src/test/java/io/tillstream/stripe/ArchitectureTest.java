package io.tillstream.stripe;

import io.tillstream.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void theRulesOfTheHouseHold() {
        ArchitectureRules.check("io.tillstream.stripe");
    }
}
