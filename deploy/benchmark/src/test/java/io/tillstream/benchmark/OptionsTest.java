package io.tillstream.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void everythingIsMeasuredUnlessNamed() {
        assertThat(Options.read().scenarios()).containsExactly(Scenario.values());
        assertThat(Options.read("orders").scenarios()).containsExactly(Scenario.ORDERS);
    }

    @Test
    void aRoundMayBeSmallerAndPeersMayBeLeftOut() {
        Options options = Options.read("--orders", "8", "orders", "--warm-up", "1", "--without-peers", "--profile");

        assertThat(options).isEqualTo(new Options(java.util.List.of(Scenario.ORDERS), 8, 1, false, true));
    }

    @Test
    void whatCannotBeMeasuredIsSaid() {
        assertThatThrownBy(() -> Options.read("order"))
                .hasMessageContaining("'order' cannot be measured")
                .hasMessageContaining("orders");
        assertThatThrownBy(() -> Options.read("--orders", "many")).hasMessageContaining("--orders takes a number");
        assertThatThrownBy(() -> Options.read("--orders")).hasMessageContaining("--orders takes a number");
    }
}
