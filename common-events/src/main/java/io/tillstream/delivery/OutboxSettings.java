package io.tillstream.delivery;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings below {@code tillstream.outbox}.
 *
 * @param kept how long an event that was sent can be replayed
 */
@ConfigurationProperties("tillstream.outbox")
record OutboxSettings(@DefaultValue("30d") Duration kept) {

    private static final Duration LONGEST = Duration.ofDays(3_660); // ten years

    OutboxSettings {
        if (kept.toSeconds() < 1 || kept.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("OUTBOX_KEPT is from 1s to 3660d");
        }
    }
}
