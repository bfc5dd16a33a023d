package io.tillstream.delivery.replay;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings below {@code tillstream.event-replays}.
 *
 * @param every how often replays are looked for that nobody sends; an instance that was asked for one begins at once
 */
@ConfigurationProperties("tillstream.event-replays")
record EventReplaySettings(@DefaultValue("5s") Duration every) {

    private static final Duration LONGEST = Duration.ofDays(1);

    EventReplaySettings {
        if (every.toMillis() < 1 || every.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("EVENT_REPLAYS_EVERY is from 1ms to 1d");
        }
    }
}
