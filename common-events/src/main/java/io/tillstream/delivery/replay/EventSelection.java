package io.tillstream.delivery.replay;

import io.tillstream.sql.WhereClause;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which published events are meant: those that meet all of it.
 *
 * @param types CloudEvents types; empty: all
 * @param since of the moment they were told, the first that counts
 * @param until the first that does not count any more
 */
record EventSelection(
        @Nullable String aggregateId,
        List<String> types,
        @Nullable Instant since,
        @Nullable Instant until) {

    EventSelection {
        types = List.copyOf(types);
    }

    /** Between two numbers of the outbox: the first is not meant, the second is. */
    WhereClause between(long after, long upTo) {
        return new WhereClause()
                .and("seq > :after and seq <= :upTo", "after", after, "upTo", upTo)
                .and("aggregate_id = :aggregate", "aggregate", aggregateId)
                .and("type = any(:types)", "types", types.isEmpty() ? null : types.toArray(String[]::new))
                .and("created_at >= :since", "since", since)
                .and("created_at < :until", "until", until);
    }
}
