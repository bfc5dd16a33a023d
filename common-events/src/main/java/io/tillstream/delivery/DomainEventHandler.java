package io.tillstream.delivery;

import java.util.Set;
import reactor.core.publisher.Mono;

/** What a service does with the domain events of another one. */
public interface DomainEventHandler {

    /** The topic it reads, without prefix. */
    String topic();

    /** The CloudEvents types it follows; all others are skipped by the record's header. */
    Set<String> types();

    /**
     * Those of {@link #types} that only have something looked at soon: applying one twice, or out of turn, does no harm, so
     * it has no inbox row, and is one statement.
     */
    default Set<String> hints() {
        return Set.of();
    }

    /**
     * Applies one event: state and outbox rows. Runs in the transaction that holds the inbox row, but for {@link #hints}, so
     * it asks nobody outside the database.
     */
    Mono<Void> apply(PublishedEvent event);
}
