package io.tillstream.subscription;

import io.tillstream.testing.SettingsBounds;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsBoundsTest {

    @Test
    void whatNobodyCanMeanIsRefusedAtTheStartByItsName() {
        SettingsBounds.check(
                Set.of("tillstream.web.shutdown-delay", "tillstream.policies.lead"),
                "--STRIPE_SECRET_KEY=sk_test_1",
                "--QUOTE_SECRET=" + "x".repeat(32));
    }
}
