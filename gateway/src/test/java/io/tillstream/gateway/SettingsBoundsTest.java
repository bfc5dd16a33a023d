package io.tillstream.gateway;

import io.tillstream.testing.SettingsBounds;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsBoundsTest {

    @Test
    void whatNobodyCanMeanIsRefusedAtTheStartByItsName() {
        SettingsBounds.check(Set.of("tillstream.web.shutdown-delay"), "--STRIPE_PUBLISHABLE_KEY=pk_test_1");
    }
}
