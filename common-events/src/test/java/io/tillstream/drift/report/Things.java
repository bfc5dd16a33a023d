package io.tillstream.drift.report;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.drift.DriftKind;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Two worlds in memory, each id with a status and a color, and how what is read of one is taken in by the other. */
final class Things implements DriftKind, StripeEventHandler {

    final Map<String, String> here = new ConcurrentHashMap<>();
    final Map<String, String> atStripe = new ConcurrentHashMap<>();

    /** Ids at which taking in fails, and always will. */
    final Set<String> poison = ConcurrentHashMap.newKeySet();

    /** Ids of which the color is lost when they are taken in. */
    final Set<String> faded = ConcurrentHashMap.newKeySet();

    final AtomicInteger reads = new AtomicInteger();
    private final String name;
    volatile @Nullable Mono<ListPage> list;

    Things(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> lists() {
        return List.of("all");
    }

    @Override
    public Mono<ListPage> list(String which, Span span, @Nullable String after) {
        Mono<ListPage> other = list;
        return other != null
                ? other
                : Mono.just(new ListPage(
                        atStripe.keySet().stream().sorted().map(this::object).toList(), null));
    }

    private JsonNode object(String id) {
        return StripeJson.read(("{\"id\": \"" + id + "\", \"status\": \"" + atStripe.get(id) + "\"}")
                .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Mono<JsonNode> retrieve(String stripeId) {
        return atStripe.containsKey(stripeId) ? Mono.just(object(stripeId)) : Mono.empty();
    }

    @Override
    public Optional<Side> theirs(JsonNode object) {
        String[] told =
                Objects.requireNonNull(StripeJson.text(object, "status")).split(" ", -1);
        return Optional.of(new Side(DriftComparison.id(object), null, Map.of("status", told[0], "color", told[1])));
    }

    @Override
    public Flux<Side> ours(Collection<String> stripeIds) {
        return Flux.fromIterable(stripeIds).filter(here::containsKey).map(id -> {
            String[] told = here.get(id).split(" ", -1);
            return new Side(id, "our-" + id, Map.of("status", told[0], "color", told[1]));
        });
    }

    @Override
    public Flux<String> missing(List<JsonNode> unknown) {
        return Flux.fromIterable(unknown).map(DriftComparison::id);
    }

    @Override
    public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int rows) {
        reads.incrementAndGet();
        return Flux.fromIterable(new TreeMap<>(here)
                        .tailMap(after == null ? "" : after, false)
                        .keySet())
                .filter(id -> !atStripe.containsKey(id))
                .take(rows);
    }

    @Override
    public List<Update> updates(JsonNode object) {
        return List.of(new Update("thing.updated", object));
    }

    @Override
    public boolean follows(String type) {
        return true;
    }

    @Override
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        JsonNode object = refetched.orElseThrow();
        String id = DriftComparison.id(object);
        if (poison.contains(id)) {
            return Mono.error(new IllegalStateException("cannot take in " + id));
        }
        String told = Objects.requireNonNull(StripeJson.text(object, "status"));
        here.put(id, faded.contains(id) ? told.split(" ", -1)[0] + " grey" : told);
        return Mono.just(new EventOutcome.Applied());
    }

    @Override
    public Mono<JsonNode> refetch(StripeEvent event) {
        return Mono.just(event.object());
    }
}
