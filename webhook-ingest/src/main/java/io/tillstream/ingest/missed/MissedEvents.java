package io.tillstream.ingest.missed;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.model.StripeCollection;
import com.stripe.net.RequestOptions;
import com.stripe.param.EventListParams;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.ingest.kafka.StripeEventsTopic;
import io.tillstream.ingest.kafka.VerifiedEvent;
import io.tillstream.stripe.StripeCalls;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Events that Stripe could not deliver, kept all the same. A repeat is harmless: consumers apply an event once.
 *
 * <p>Two windows: how far back Stripe is asked (it gives up delivering after three days; a day more for a catch-up that
 * was down itself), and how fresh an event may be (its first delivery is perhaps under way).
 */
final class MissedEvents {

    static final Duration BACK = Duration.ofDays(4);
    static final Duration FRESH = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(MissedEvents.class);
    private static final long PAGE = 100; // Stripe's most
    private static final int PAGES = 20; // 2,000 events a round; the next round goes on, for those kept are skipped
    private static final int REMEMBERED = 50_000; // ids, a few MiB

    private record Missed(VerifiedEvent event, JsonNode raw) {
        byte[] bytes() {
            return raw.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    private final StripeCalls stripe;
    private final StripeEventsTopic topic;
    private final JsonMapper json;
    private final boolean livemode;
    private final Clock clock;
    private final Counter found;
    private final Set<String> kept = Collections.newSetFromMap(Collections.synchronizedMap(new Remembered()));

    MissedEvents(
            StripeCalls stripe,
            StripeEventsTopic topic,
            JsonMapper json,
            boolean livemode,
            Clock clock,
            MeterRegistry meters) {
        this.stripe = stripe;
        this.topic = topic;
        this.json = json;
        this.livemode = livemode;
        this.clock = clock;
        this.found = Counter.builder("tillstream.webhook.missed")
                .description("Events that were fetched because their delivery failed")
                .register(meters);
    }

    /** One round, oldest first; gives how many events were kept. */
    Mono<Long> catchUp() {
        return stripe.inBackground()
                .read("events.missed", this::list)
                .flatMapMany(answer -> Flux.fromIterable(answer.value()))
                .concatMap(missed -> topic.keep(missed.event(), missed.bytes()).thenReturn(missed))
                .doOnNext(missed -> {
                    kept.add(missed.event().id());
                    found.increment();
                    LOG.info(
                            "Event {} {} was missed, kept now",
                            missed.event().id(),
                            missed.event().type());
                })
                .count();
    }

    private List<Missed> list(StripeClient client, RequestOptions options) throws StripeException {
        List<Missed> missed = new ArrayList<>();
        String after = null;
        for (int page = 0; page < PAGES; page++) {
            StripeCollection<Event> events = client.v1().events().list(params(after), options);
            JsonNode data = json.readTree(events.getLastResponse().body()).path("data");
            for (JsonNode event : data) {
                after = event.path("id").asString("");
                add(missed, event);
            }
            if (!Boolean.TRUE.equals(events.getHasMore()) || data.isEmpty()) {
                break;
            }
        }
        Collections.reverse(missed);
        return missed;
    }

    private void add(List<Missed> missed, JsonNode raw) {
        try {
            VerifiedEvent event = VerifiedEvent.read(raw);
            if (event.livemode() == livemode && !kept.contains(event.id())) {
                missed.add(new Missed(event, raw));
            }
        } catch (IllegalArgumentException e) {
            LOG.warn("Stripe listed something that is not an event: {}", e.getMessage());
        }
    }

    private EventListParams params(@Nullable String after) {
        Instant now = clock.instant();
        EventListParams.Builder params = EventListParams.builder()
                .setDeliverySuccess(false)
                .setLimit(PAGE)
                .setCreated(EventListParams.Created.builder()
                        .setGte(now.minus(BACK).getEpochSecond())
                        .setLte(now.minus(FRESH).getEpochSecond())
                        .build());
        return (after == null ? params : params.setStartingAfter(after)).build();
    }

    /** Forgets the oldest first. */
    private static final class Remembered extends LinkedHashMap<String, Boolean> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }
}
