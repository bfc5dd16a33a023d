package io.tillstream.delivery;

import io.tillstream.delivery.DeadLetterReader.Letter;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What this service has not applied: events that wait for their object, and dead letters. For operators. */
final class UnappliedEvents {

    private static final String PARKED = """
            select event_id, type, waits_for, tries, parked_at, next_try_at from parked_events
            where (cast(:after as timestamptz) is null or (parked_at, event_id) > (cast(:after as timestamptz), :afterId))
            order by parked_at, event_id limit :rows
            """;

    private static final String APPLIED = "select event_id from inbox where event_id = any(:ids)";
    private static final String WAITING = "select event_id from set_aside_records where event_id = any(:ids)";

    private final DatabaseClient database;
    private final DeadLetterReader reader;
    private final SetAsideRecords setAside;
    private final List<String> topics;
    private final Runnable onReplay;

    /**
     * @param topics those of this service's dead letters
     * @param onReplay has what is due tried at once
     */
    UnappliedEvents(
            DatabaseClient database,
            DeadLetterReader reader,
            SetAsideRecords setAside,
            List<String> topics,
            Runnable onReplay) {
        this.database = database;
        this.reader = reader;
        this.setAside = setAside;
        this.topics = List.copyOf(topics);
        this.onReplay = onReplay;
    }

    record Parked(
            String eventId, String type, String waitsFor, int attempts, Instant parkedAt, Instant nextAttemptAt) {}

    /**
     * A dead letter and what became of its event since.
     *
     * @param isApplied whether it was applied after all
     * @param isWaiting whether it is being tried again
     */
    record DeadLetter(Letter letter, boolean isApplied, boolean isWaiting) {}

    /** Those that wait longest first, after a position. */
    Flux<Parked> parked(@Nullable Instant after, @Nullable String afterId, int rows) {
        var all = database.sql(PARKED).bind("rows", rows);
        all = after == null ? all.bindNull("after", Instant.class) : all.bind("after", after);
        all = afterId == null ? all.bindNull("afterId", String.class) : all.bind("afterId", afterId);
        return all.map(row -> new Parked(
                        Objects.requireNonNull(row.get("event_id", String.class)),
                        Objects.requireNonNull(row.get("type", String.class)),
                        Objects.requireNonNull(row.get("waits_for", String.class)),
                        Objects.requireNonNull(row.get("tries", Integer.class)),
                        Objects.requireNonNull(row.get("parked_at", Instant.class)),
                        Objects.requireNonNull(row.get("next_try_at", Instant.class))))
                .all();
    }

    /** The newest, the newest first: at most {@value DeadLetterReader#MOST} of a partition. */
    Mono<List<DeadLetter>> deadLetters() {
        return letters().flatMap(letters -> {
            String[] ids = letters.stream()
                    .filter(UnappliedEvents::canBeKept)
                    .map(letter -> letter.place().eventId())
                    .distinct()
                    .toArray(String[]::new);
            return Mono.zip(among(ids, APPLIED), among(ids, WAITING)).map(known -> letters.stream()
                    .map(letter -> new DeadLetter(
                            letter,
                            known.getT1().contains(letter.place().eventId()),
                            known.getT2().contains(letter.place().eventId())))
                    .toList());
        });
    }

    /**
     * Has these dead letters tried again, of each key in the order in which they came; one that was applied meanwhile changes
     * nothing any more. Gives their number.
     */
    Mono<Integer> replay(Predicate<Letter> which) {
        return letters().flatMap(letters -> {
            List<Letter> asked = letters.stream()
                    .filter(UnappliedEvents::canBeKept)
                    .filter(which)
                    .sorted(Comparator.comparing(Letter::at)
                            .thenComparing(letter -> letter.place().offset()))
                    .collect(Collectors.toMap(
                            UnappliedEvents::event, letter -> letter, (first, again) -> again, LinkedHashMap::new))
                    .values()
                    .stream()
                    .toList();
            return Flux.fromIterable(asked)
                    .concatMap(letter -> setAside.replay(letter.place()))
                    .then(Mono.fromRunnable(onReplay))
                    .thenReturn(asked.size());
        });
    }

    /** No table has U+0000, and one id with it would fail the question about all; what has it can never be applied. */
    private static boolean canBeKept(Letter letter) {
        return letter.place().eventId().indexOf(0) < 0 && letter.place().key().indexOf(0) < 0;
    }

    /** An event that failed again lies there twice, and is tried once; one without an id is only itself. */
    private static String event(Letter letter) {
        String id = letter.place().eventId();
        return id.isEmpty() ? letter.place().toString() : id;
    }

    private Mono<List<Letter>> letters() {
        return Mono.fromCallable(() -> reader.newest(topics)).subscribeOn(Schedulers.boundedElastic());
    }

    private Mono<Set<String>> among(String[] ids, String sql) {
        return database.sql(sql)
                .bind("ids", ids)
                .map(row -> Objects.requireNonNull(row.get("event_id", String.class)))
                .all()
                .collect(HashSet::new, Set::add);
    }
}
