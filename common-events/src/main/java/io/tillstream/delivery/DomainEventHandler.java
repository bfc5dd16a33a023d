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
     * Applies one event: state and outbox rows. Runs in the transaction that holds the inbox row, so it asks nobody outside
     * the database.
     */
    Mono<Void> apply(PublishedEvent event);
}
