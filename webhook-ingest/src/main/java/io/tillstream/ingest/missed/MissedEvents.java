package io.tillstream.ingest.missed;

import com.stripe.model.Event;
import com.stripe.model.StripeCollection;
import com.stripe.param.EventListParams;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.ingest.kafka.BookmarkTopic;
import io.tillstream.ingest.kafka.StripeEventPublisher;
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
import org.apache.kafka.common.errors.RecordTooLargeException;
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
 * <p>One pass goes from the newest back to where the last one began, or to the oldest that Stripe has, in rounds of a
 * bounded size. After each its place is noted, so that the next round, also after a restart or in another instance, goes
 * on from there: the oldest are reached however many were missed.
 */
final class MissedEvents {

    /** Stripe has events no longer than that. */
    static final Duration BACK = Duration.ofDays(30);

    private static final Logger LOG = LoggerFactory.getLogger(MissedEvents.class);
    private static final String BOOKMARK = "missed-events.";
    private static final long PAGE = 100; // Stripe's most
    private static final int PAGES = 20; // 2,000 events a round, a few MiB; each page waits for its turn at Stripe
    private static final int REMEMBERED = 50_000; // ids, a few MiB

    private record Missed(VerifiedEvent event, JsonNode raw) {
        byte[] bytes() {
            return raw.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** {@code gone}: Stripe does not know the event any more after which was asked. */
    private record Listed(List<Missed> events, @Nullable String last, boolean more, boolean gone) {}

    private final StripeCalls stripe;
    private final StripeEventPublisher topic;
    private final BookmarkTopic bookmarks;
    private final JsonMapper json;
    private final boolean livemode;
    private final Duration margin;
    private final Clock clock;
    private final Counter found;
    private final Counter tooLarge;
    private final Set<String> kept = Collections.newSetFromMap(Collections.synchronizedMap(new Remembered()));
    private volatile @Nullable Bookmark place;

    /** @param margin how old an event is at least; at 0 any age is asked for */
    MissedEvents(
            StripeCalls stripe,
            StripeEventPublisher topic,
            BookmarkTopic bookmarks,
            JsonMapper json,
            boolean livemode,
            Duration margin,
            Clock clock,
            MeterRegistry meters) {
        this.stripe = stripe;
        this.topic = topic;
        this.bookmarks = bookmarks;
        this.json = json;
        this.livemode = livemode;
        this.margin = margin;
        this.clock = clock;
        this.found = Counter.builder("tillstream.webhook.missed")
                .description("Events that were fetched because their delivery failed")
                .register(meters);
        this.tooLarge = Counter.builder("tillstream.webhook.missed.too.large")
                .description("Missed events that are larger than Kafka takes, and so are not kept")
                .register(meters);
    }

    /** A whole pass, round after round without a rest; gives how many events were kept. */
    Mono<Long> catchUp() {
        return round().expand(round -> round.more() ? round() : Mono.empty())
                .map(Round::kept)
                .reduce(0L, Long::sum);
    }

    /** What one round came to; {@code more}: the pass is not over. */
    record Round(long kept, boolean more) {}

    /** One round, oldest first within it. */
    Mono<Round> round() {
        return bookmark().map(last -> last.isUnderWay() ? last : begin(last)).flatMap(now -> list(now, now.after())
                .expand(page -> page.more() && page.last() != null ? list(now, page.last()) : Mono.empty())
                .take(PAGES)
                .collectList()
                .flatMap(pages -> keep(pages)
                        .flatMap(count -> note(next(now, pages)).map(next -> new Round(count, next.isUnderWay())))));
    }

    private Bookmark begin(Bookmark last) {
        Instant now = clock.instant();
        return last.begin(now.minus(BACK), now.minus(margin));
    }

    private static Bookmark next(Bookmark now, List<Listed> pages) {
        Listed last = pages.get(pages.size() - 1);
        if (last.gone()) {
            return now.keptUpTo(null); // from the newest again: what was kept is known, or repeated without harm
        }
        return last.more() ? now.keptUpTo(last.last()) : now.ended();
    }

    private Mono<Bookmark> bookmark() {
        Bookmark known = place;
        return known != null
                ? Mono.just(known)
                : bookmarks.read(name()).map(note -> note.map(Bookmark::read).orElse(Bookmark.NONE));
    }

    private Mono<Bookmark> note(Bookmark next) {
        return bookmarks.write(name(), next.toText()).then(Mono.fromSupplier(() -> {
            place = next;
            return next;
        }));
    }

    private String name() {
        return BOOKMARK + (livemode ? "live" : "test");
    }

    private Mono<Long> keep(List<Listed> pages) {
        List<Missed> missed = new ArrayList<>();
        pages.forEach(page -> missed.addAll(page.events()));
        Collections.reverse(missed);
        return Flux.fromIterable(missed)
                .concatMap(one -> topic.keep(one.event(), one.bytes())
                        .thenReturn(one)
                        .onErrorResume(MissedEvents::isTooLarge, fault -> skip(one)))
                .doOnNext(one -> {
                    kept.add(one.event().id());
                    found.increment();
                    LOG.info(
                            "Event {} {} was missed, kept now",
                            one.event().id(),
                            one.event().type());
                })
                .count();
    }

    private static boolean isTooLarge(Throwable fault) {
        return fault instanceof RecordTooLargeException || (fault.getCause() != null && isTooLarge(fault.getCause()));
    }

    /** All others would wait for it for ever. */
    private Mono<Missed> skip(Missed large) {
        tooLarge.increment();
        LOG.error(
                "Event {} {} was missed and is too large to be kept",
                large.event().id(),
                large.event().type());
        return Mono.empty();
    }

    private Mono<Listed> list(Bookmark pass, @Nullable String after) {
        return stripe.inBackground()
                .read(
                        "events.missed",
                        (client, options) -> listed(client.v1().events().list(params(pass, after), options)))
                .map(answer -> answer.fold(
                        page -> page,
                        no -> {
                            throw new IllegalStateException("Stripe declined to list events: " + no);
                        },
                        no -> {
                            if (after == null || !no.missing()) {
                                throw new IllegalStateException("Stripe refused to list events: " + no);
                            }
                            return new Listed(List.of(), null, false, true);
                        }));
    }

    private Listed listed(StripeCollection<Event> page) {
        JsonNode data = json.readTree(page.getLastResponse().body()).path("data");
        List<Missed> missed = new ArrayList<>();
        String last = null;
        for (JsonNode event : data) {
            last = event.path("id").asString("");
            add(missed, event);
        }
        return new Listed(missed, last, Boolean.TRUE.equals(page.getHasMore()) && !data.isEmpty(), false);
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

    private EventListParams params(Bookmark pass, @Nullable String after) {
        EventListParams.Created.Builder created =
                EventListParams.Created.builder().setGte(pass.from());
        EventListParams.Builder params = EventListParams.builder()
                .setDeliverySuccess(false)
                .setLimit(PAGE)
                .setCreated((margin.isZero() ? created : created.setLte(pass.until())).build());
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
