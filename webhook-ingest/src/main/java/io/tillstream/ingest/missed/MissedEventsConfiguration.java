package io.tillstream.ingest.missed;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.ingest.IngestSettings;
import io.tillstream.ingest.kafka.BookmarkTopic;
import io.tillstream.ingest.kafka.StripeEventPublisher;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRecovery;
import io.tillstream.stripe.StripeSettings;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class MissedEventsConfiguration {

    @Bean
    MissedEvents missedEvents(
            StripeCalls stripe,
            StripeSettings settings,
            IngestSettings ingest,
            StripeEventPublisher topic,
            BookmarkTopic bookmarks,
            JsonMapper json,
            MeterRegistry meters,
            Clock clock) {
        return new MissedEvents(
                stripe, topic, bookmarks, json, settings.livemode(), ingest.missedEventsMargin(), clock, meters);
    }

    @Bean
    MissedEventsSchedule catchUp(MissedEvents missed, IngestSettings settings, StripeRecovery recovery) {
        var schedule = new MissedEventsSchedule(missed, settings.missedEventsEvery());
        recovery.whenItAnswersAgain(schedule::hint);
        return schedule;
    }
}
