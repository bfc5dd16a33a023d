package io.tillstream.drift.report;

import io.tillstream.drift.DriftKind;
import io.tillstream.drift.DriftKind.Side;
import io.tillstream.stripeevents.StripeJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Compares objects of Stripe's with what is known here. */
final class DriftComparison {

    private DriftComparison() {}

    static String id(JsonNode object) {
        return String.valueOf(StripeJson.text(object, "id"));
    }

    /** What differs of the objects of a page; Stripe is not asked. */
    static Mono<List<DriftDifference>> page(DriftKind kind, List<JsonNode> objects) {
        List<String> ids = objects.stream().map(DriftComparison::id).toList();
        return kind.ours(ids).collectMap(Side::stripeId).flatMap(ours -> missing(kind, objects, ours)
                .map(missing -> differences(kind, objects, ours, missing)));
    }

    private static Mono<Set<String>> missing(DriftKind kind, List<JsonNode> objects, Map<String, Side> ours) {
        List<JsonNode> unknown =
                objects.stream().filter(object -> !ours.containsKey(id(object))).toList();
        return unknown.isEmpty() ? Mono.just(Set.of()) : kind.missing(unknown).collect(Collectors.toSet());
    }

    private static List<DriftDifference> differences(
            DriftKind kind, List<JsonNode> objects, Map<String, Side> ours, Set<String> missing) {
        List<DriftDifference> all = new ArrayList<>();
        for (JsonNode object : objects) {
            String id = id(object);
            if (ours.containsKey(id) || missing.contains(id)) {
                all.addAll(DriftDifference.between(
                        kind, id, ours.get(id), kind.theirs(object).orElse(null)));
            }
        }
        return all;
    }

    /** What differs of one object, which is read from Stripe by one call. */
    static Mono<List<DriftDifference>> one(DriftKind kind, String stripeId) {
        return kind.retrieve(stripeId)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(read -> one(kind, stripeId, read.orElse(null)));
    }

    private static Mono<List<DriftDifference>> one(DriftKind kind, String stripeId, @Nullable JsonNode read) {
        if (read != null && kind.theirs(read).isPresent()) {
            return page(kind, List.of(read));
        }
        return Flux.from(kind.ours(List.of(stripeId)))
                .next()
                .map(ours -> DriftDifference.between(kind, stripeId, ours, null))
                .defaultIfEmpty(List.of());
    }
}
