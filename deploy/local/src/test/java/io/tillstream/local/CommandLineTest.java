package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    private static final String[] NOTHING = {};

    @Test
    void withoutKeysTheSimulatorRuns() {
        assertThat(CommandLine.read(NOTHING, Map.of()).settings().parts()).contains(Part.STRIPE_SIMULATOR);
    }

    @Test
    void theShopIsFilledOnlyForWhoAsks() {
        assertThat(CommandLine.read(NOTHING, Map.of()).demo()).isFalse();
        assertThat(CommandLine.read(new String[] {"--demo"}, Map.of()).demo()).isTrue();
    }

    @Test
    void withBothKeysStripeItselfIsUsed() {
        Map<String, String> shell = Map.of("STRIPE_SECRET_KEY", "sk_test_1", "STRIPE_WEBHOOK_SECRET", "whsec_1");

        CommandLine asked = CommandLine.read(NOTHING, shell);

        assertThat(asked.settings().usesRealStripe()).isTrue();
        assertThat(asked.warnings()).singleElement().asString().contains("STRIPE_PUBLISHABLE_KEY");
    }

    @Test
    void halfOfTheKeysIsRefused() {
        assertThatThrownBy(() -> CommandLine.read(NOTHING, Map.of("STRIPE_SECRET_KEY", "sk_test_1")))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("only STRIPE_SECRET_KEY is set");
    }

    @Test
    void withoutSimulatorAndWithoutKeysNothingStarts() {
        String[] options = {"--without", "stripe-simulator"};

        assertThatThrownBy(() -> CommandLine.read(options, Map.of()))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("STRIPE_SECRET_KEY");
    }

    @Test
    void optionsChangeWhatIsStartedAndWhere() {
        String[] options = {"--fresh", "--data", "/tmp/elsewhere", "--port", "gateway=8090", "--without", "identity"};

        CommandLine asked = CommandLine.read(options, Map.of());

        assertThat(asked.fresh()).isTrue();
        assertThat(asked.settings().data()).isEqualTo(Path.of("/tmp/elsewhere"));
        assertThat(asked.settings().port(Part.GATEWAY)).isEqualTo(8090);
        assertThat(asked.settings().parts()).doesNotContain(Part.IDENTITY);
    }

    @Test
    void nonsenseIsSaidInOneLine() {
        for (String[] options : new String[][] {
            {"--frehs"}, {"--data"}, {"--port", "gateway"}, {"--port", "gate=1"}, {"--port", "gateway=x"}
        }) {
            assertThatThrownBy(() -> CommandLine.read(options, Map.of()))
                    .isInstanceOf(LocalFailure.class)
                    .message()
                    .hasLineCount(1);
        }
    }
}
