package io.tillstream.simulator;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What can be set from outside.
 *
 * @param secretKeys keys that may do everything
 * @param publishableKeys keys that a browser may hold
 * @param account id of the one account that is simulated
 * @param publicUrl where a browser reaches this process: the start of every page address that is handed out; empty for
 *     the local address
 * @param balanceDelay from a payment's success to its balance transaction
 * @param settleDelay from a delayed payment or refund to its outcome
 * @param journalSize how many requests are remembered
 */
@ConfigurationProperties("simulator")
public record SimulatorSettings(
        List<String> secretKeys,
        List<String> publishableKeys,
        String account,
        String publicUrl,
        Duration balanceDelay,
        Duration settleDelay,
        int journalSize) {

    /** The version that the pinned stripe-java speaks: the only one this stand-in renders by itself. */
    public static final String API_VERSION = "2026-07-29.dahlia";

    public SimulatorSettings {
        if (secretKeys.isEmpty()) {
            throw new IllegalArgumentException("simulator.secret-keys must name at least one key");
        }
        for (String key : secretKeys) {
            if (!key.startsWith("sk_test_") && !key.startsWith("rk_test_")) {
                throw new IllegalArgumentException("simulator.secret-keys takes sk_test_ and rk_test_ keys only");
            }
        }
        if (balanceDelay.isNegative() || settleDelay.isNegative()) {
            throw new IllegalArgumentException(
                    "simulator.balance-delay and simulator.settle-delay must not be negative");
        }
        if (journalSize < 1) {
            throw new IllegalArgumentException("simulator.journal-size must be at least 1");
        }
    }
}
