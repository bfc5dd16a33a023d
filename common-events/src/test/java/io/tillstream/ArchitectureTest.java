package io.tillstream;

import io.tillstream.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void theModuleKeepsTheRules() {
        ArchitectureRules.check("io.tillstream.delivery");
        ArchitectureRules.check("io.tillstream.drift");
        ArchitectureRules.check("io.tillstream.events");
        ArchitectureRules.check("io.tillstream.stripeevents");
    }
}
