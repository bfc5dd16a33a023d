package io.tillstream.order;

import io.tillstream.testing.SettingsBounds;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsBoundsTest {

    @Test
    void whatNobodyCanMeanIsRefusedAtTheStartByItsName() {
        SettingsBounds.check(Set.of("tillstream.web.shutdown-delay"));
    }
}
