package io.tillstream.payment;

import io.tillstream.testing.SettingsBounds;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsBoundsTest {

    @Test
    void whatNobodyCanMeanIsRefusedAtTheStartByItsName() {
        SettingsBounds.check(
                Set.of("tillstream.web.shutdown-delay", "tillstream.payments.expiring-cards-after"),
                "--STRIPE_SECRET_KEY=sk_test_1");
    }
}
