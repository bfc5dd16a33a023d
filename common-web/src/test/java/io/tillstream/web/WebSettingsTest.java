package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class WebSettingsTest {

    private static final Duration ANY = Duration.ofSeconds(1);

    private static WebSettings withBodyMemory(String size) {
        return withBodyMemory(DataSize.parse(size));
    }

    @SuppressWarnings("NullAway") // as it is bound where nothing is set
    private static WebSettings withBodyMemory(@Nullable DataSize size) {
        return settings(size, ANY);
    }

    @SuppressWarnings("NullAway")
    private static WebSettings settings(@Nullable DataSize size, Duration idempotencyLease) {
        return new WebSettings(
                new WebSettings.Oidc("i", "j", "t", "a", "c", "s"),
                List.of("http://localhost:8080"),
                DataSize.ofKilobytes(64),
                DataSize.ofMegabytes(1),
                size,
                DataSize.ofMegabytes(8),
                ANY,
                ANY,
                Duration.ofHours(25),
                idempotencyLease,
                Duration.ofDays(30),
                ANY);
    }

    /** Whoever sends again after a crash gets 409 for as long. */
    @Test
    void aRunThatDiedHoldsItsKeyForFifteenSecondsAtMost() {
        DataSize memory = DataSize.ofMegabytes(24);
        assertThatThrownBy(() -> settings(memory, Duration.ofSeconds(16))).hasMessageContaining("IDEMPOTENCY_LEASE");
        assertThatThrownBy(() -> settings(memory, Duration.ofMillis(999))).hasMessageContaining("IDEMPOTENCY_LEASE");
        assertThatNoException().isThrownBy(() -> settings(memory, Duration.ofSeconds(15)));
    }

    /** Else the largest deliveries are refused for ever, and nothing says why. */
    @Test
    void memoryThatTakesNoDeliveryIsRefusedAtTheStart() {
        assertThatThrownBy(() -> withBodyMemory("1MB")).hasMessageContaining("BODY_MEMORY is 2MB at least");
        assertThatThrownBy(() -> withBodyMemory("2047KB")).hasMessageContaining("BODY_MEMORY is 2MB at least");
        assertThatNoException().isThrownBy(() -> withBodyMemory("2MB"));
    }

    /** Else a fault of nothing with a name is all that the start ends with. */
    @Test
    void aSizeThatIsNotSetIsNamed() {
        try (ValidatorFactory factory = Validation.buildDefaultValidatorFactory()) {
            assertThat(factory.getValidator().validate(withBodyMemory((DataSize) null)))
                    .extracting(flaw -> flaw.getPropertyPath().toString())
                    .containsExactly("bodyMemory");
        }
    }
}
