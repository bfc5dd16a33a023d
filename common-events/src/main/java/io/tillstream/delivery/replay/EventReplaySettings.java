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

    EventReplaySettings {
        if (every.toMillis() < 1) {
            throw new IllegalArgumentException("EVENT_REPLAYS_EVERY is 1ms at least");
        }
    }
}
