package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulatorSettingsTest {

    private static SimulatorSettings of(Duration balanceDelay, Duration settleDelay, int journalSize) {
        return new SimulatorSettings(
                List.of("sk_test_1"), List.of("pk_test_1"), "acct_1", "", balanceDelay, settleDelay, journalSize);
    }

    @ParameterizedTest
    @CsvSource({
        "PT-1S, PT0S, 1, simulator.balance-delay",
        "PT0S, PT-1S, 1, simulator.settle-delay",
        "PT0S, PT0S, 0, simulator.journal-size"
    })
    void whatNobodyCanMeanIsRefusedAtTheStart(Duration balanceDelay, Duration settleDelay, int size, String named) {
        assertThatThrownBy(() -> of(balanceDelay, settleDelay, size)).hasMessageContaining(named);
    }

    @Test
    void noDelayIsTaken() {
        assertThatNoException().isThrownBy(() -> of(Duration.ZERO, Duration.ZERO, 1));
    }
}
