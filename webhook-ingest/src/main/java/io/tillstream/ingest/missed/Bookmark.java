package io.tillstream.ingest.missed;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How far the catch-up has come.
 *
 * @param doneUntil everything that was missed before is kept; seconds since 1970
 * @param from of the pass that is under way
 * @param until of the pass that is under way; 0 where none is
 * @param after the last event that was kept in it: the next is older
 */
record Bookmark(
        long doneUntil, long from, long until, @Nullable String after) {

    static final Bookmark NONE = new Bookmark(0, 0, 0, null);

    /** Stripe's list may show an event somewhat later than it happened. */
    private static final Duration OVERLAP = Duration.ofHours(1);

    boolean isUnderWay() {
        return until != 0;
    }

    /**
     * A new pass over what came since the last one, and at most over what Stripe still has. A last one that ends in the future
     * was made by a clock that ran ahead: it reached as far as there was anything, so what may be left out is nothing that
     * the overlap does not have.
     */
    Bookmark begin(Instant oldest, Instant newest) {
        long done = Math.min(doneUntil, newest.getEpochSecond());
        long since = Math.max(oldest.getEpochSecond(), done - OVERLAP.toSeconds());
        return new Bookmark(doneUntil, since, newest.getEpochSecond(), null);
    }

    Bookmark keptUpTo(@Nullable String eventId) {
        return new Bookmark(doneUntil, from, until, eventId);
    }

    Bookmark ended() {
        return new Bookmark(until, 0, 0, null);
    }

    String toText() {
        var json = JsonMapper.shared().createObjectNode();
        json.put("doneUntil", doneUntil).put("from", from).put("until", until);
        if (after != null) {
            json.put("after", after);
        }
        return json.toString();
    }

    static Bookmark read(String text) {
        JsonNode json = JsonMapper.shared().readTree(text);
        JsonNode after = json.path("after");
        return new Bookmark(
                json.path("doneUntil").asLong(0),
                json.path("from").asLong(0),
                json.path("until").asLong(0),
                after.isString() ? after.stringValue() : null);
    }
}
