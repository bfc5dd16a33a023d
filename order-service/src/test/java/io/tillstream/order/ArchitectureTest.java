package io.tillstream.order;

import io.tillstream.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void theRulesOfTheHouseAreKept() {
        ArchitectureRules.check("io.tillstream.order");
    }
}
