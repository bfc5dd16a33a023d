package io.tillstream.ingest;

import io.tillstream.testing.SettingsBounds;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsBoundsTest {

    @Test
    void whatNobodyCanMeanIsRefusedAtTheStartByItsName() {
        SettingsBounds.check(
                Set.of("tillstream.web.shutdown-delay", "tillstream.ingest.missed-events-margin"),
                "--STRIPE_SECRET_KEY=sk_test_1",
                "--STRIPE_WEBHOOK_SECRET=whsec_1");
    }
}
