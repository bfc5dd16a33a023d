package io.tillstream.identity;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentitySettingsTest {

    private static IdentitySettings withTokenLife(Duration life) {
        return new IdentitySettings(
                "http://127.0.0.1:9000",
                "tillstream",
                life,
                null,
                List.of(),
                List.of("http://localhost:8080"),
                Map.of("alice", new IdentitySettings.Person("Alice", "alice@example.com", "secret", false)),
                Map.of("gateway", "secret"),
                Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "P31D", "P36500D"})
    void aTokenThatNobodyCanUseOrThatNeverEndsIsRefusedAtTheStart(String life) {
        assertThatThrownBy(() -> withTokenLife(Duration.parse(life))).hasMessageContaining("TOKEN_LIFE");
    }

    @Test
    void aWorkingDayIsTaken() {
        assertThatNoException().isThrownBy(() -> withTokenLife(Duration.ofHours(8)));
    }
}
