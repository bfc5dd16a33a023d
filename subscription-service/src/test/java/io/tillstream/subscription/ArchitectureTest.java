package io.tillstream.subscription;

import io.tillstream.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void theRulesOfTheHouseHold() {
        ArchitectureRules.check("io.tillstream.subscription");
    }
}
