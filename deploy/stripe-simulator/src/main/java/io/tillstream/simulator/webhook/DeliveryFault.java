package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One thing that is to go wrong on the way.
 *
 * @param types of events it hits, as {@code charge.*}
 * @param object whose events it hits; null for all
 * @param metadata of those whose events it hits, see {@link Owners}; empty for all
 * @param times how many deliveries it hits; null for until it is removed
 * @param copies how often a duplicate is sent beside the original
 * @param delayMillis of a delay, or how long a reorder gathers at most
 * @param window how many deliveries a reorder gathers
 */
record DeliveryFault(
        String id,
        Kind kind,
        String types,
        @Nullable String object,
        ObjectNode metadata,
        @Nullable Integer times,
        int skip,
        int copies,
        long delayMillis,
        int window,
        @Nullable String apiVersion) {
    private static final Set<String> FIELDS = Set.of(
            "kind", "types", "object", "metadata", "times", "skip", "copies", "delay_millis", "window", "api_version");

    /** What can go wrong with a delivery. */
    enum Kind {
        /** Sent more than once. */
        DUPLICATE,
        /** Sent later. */
        DELAY,
        /** Some are gathered, and sent newest first. */
        REORDER,
        /** Never sent, and never tried again; the event counts as not delivered. */
        DROP,
        /** Sent, but the answer does not arrive: tried again. */
        LOST_ANSWER,
        /** Told in the shape of an older API version. */
        OLDER_VERSION
    }

    static DeliveryFault read(ObjectNode json) {
        for (String field : json.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw new IllegalArgumentException("unknown field " + field + "; known are " + FIELDS);
            }
        }
        String kindText = Json.text(json, "kind");
        if (kindText == null) {
            throw new IllegalArgumentException("a delivery fault needs a kind");
        }
        Kind kind = Kind.valueOf(kindText.toUpperCase(Locale.ROOT));
        String version = Json.text(json, "api_version");
        if (kind == Kind.OLDER_VERSION && version == null) {
            throw new IllegalArgumentException("older_version needs an api_version, as 2022-08-01");
        }
        String types = Json.text(json, "types");
        return new DeliveryFault(
                Ids.nextShort("fault"),
                kind,
                types == null ? "*" : types,
                Json.text(json, "object"),
                json.path("metadata") instanceof ObjectNode given ? given : Json.object(),
                Json.present(json, "times") ? (int) Json.number(json, "times") : null,
                (int) Json.number(json, "skip"),
                (int) json.path("copies").asLong(1),
                json.path("delay_millis").asLong(1_000),
                (int) json.path("window").asLong(3),
                version);
    }

    boolean hits(Delivery delivery, Owners owners) {
        return RecordedEvents.matches(types, delivery.type)
                && (object == null || object.equals(delivery.object))
                && owners.bear(metadata, delivery);
    }

    DeliveryFault left(int skipLeft, @Nullable Integer timesLeft) {
        return new DeliveryFault(
                id, kind, types, object, metadata, timesLeft, skipLeft, copies, delayMillis, window, apiVersion);
    }

    ObjectNode json() {
        return Json.object()
                .put("id", id)
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("types", types)
                .put("object", object)
                .put("times", times)
                .put("skip", skip)
                .put("copies", copies)
                .put("delay_millis", delayMillis)
                .put("window", window)
                .put("api_version", apiVersion)
                .set("metadata", metadata);
    }
}
