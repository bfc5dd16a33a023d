package io.tillstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tillstream.chaos.fault.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void seedTimeAndFaultsAreTaken() {
        Options options = Options.read("--seed", "42", "--minutes", "15", "--faults", "kill,kafka-kill", "--keep");

        assertThat(options)
                .isEqualTo(new Options(
                        42,
                        Duration.ofMinutes(15),
                        List.of(FaultKind.KILL, FaultKind.KAFKA_KILL),
                        true,
                        true,
                        Duration.ofSeconds(60),
                        false));
    }

    @Test
    void anUnknownFaultIsRefusedAndAllNamesAreListed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.read("--faults", "kill,earthquake"))
                .withMessageContaining("earthquake")
                .satisfies(refusal -> {
                    for (FaultKind kind : FaultKind.values()) {
                        assertThat(refusal).hasMessageContaining(kind.label());
                    }
                });
    }

    @Test
    void anUnknownOptionAndANumberThatIsNoneAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Options.read("--sed", "1"));
        assertThatIllegalArgumentException().isThrownBy(() -> Options.read("--seed", "one"));
        assertThatIllegalArgumentException().isThrownBy(() -> Options.read("--minutes"));
    }

    @Test
    void theHelpHasEveryFaultWithItsMeaning() throws IOException {
        String help = Files.readString(Path.of("src/main/help.txt"));

        for (FaultKind kind : FaultKind.values()) {
            assertThat(help).containsPattern("  " + kind.label() + " +" + kind.meaning() + "\n");
        }
    }
}
