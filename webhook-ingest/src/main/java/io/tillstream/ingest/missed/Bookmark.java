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

    /** So much may the clocks of two instances differ that are both right enough. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    boolean isUnderWay() {
        return until != 0;
    }

    /**
     * A new pass over what came since the last one, and at most over what Stripe still has. A last one that ends in the future
     * was made by a clock that ran ahead, and so may those before it: what they asked for was yet to come, and nobody knows
     * what they left out. So it is all listed again, which costs time and nothing else.
     */
    Bookmark begin(Instant oldest, Instant newest) {
        boolean ranAhead = doneUntil > newest.plus(SKEW).getEpochSecond();
        long done = Math.min(doneUntil, newest.getEpochSecond());
        long since = ranAhead ? oldest.getEpochSecond() : Math.max(oldest.getEpochSecond(), done - OVERLAP.toSeconds());
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
