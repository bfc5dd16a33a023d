package io.tillstream.delivery;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** One domain event of another service, one transaction: inbox row, then what the service makes of it. */
final class DomainEventProcessor {

    private final Transactions transactions;
    private final Inbox inbox;
    private final DomainEventHandler handler;

    DomainEventProcessor(Transactions transactions, Inbox inbox, DomainEventHandler handler) {
        this.transactions = transactions;
        this.inbox = inbox;
        this.handler = handler;
    }

    boolean follows(ConsumerRecord<?, ?> record) {
        String type = PublishedEvent.header(record, "ce_type");
        return type != null && handler.types().contains(type);
    }

    String topic() {
        return handler.topic();
    }

    /** Fails with {@link KeyIsSetAside} where an earlier record of {@code key} waits; null waits for nobody. */
    Mono<Void> settle(ConsumerRecord<?, byte[]> record, @Nullable String key) {
        return Mono.fromCallable(() -> PublishedEvent.read(record))
                .flatMap(event -> handler.hints().contains(event.type())
                        ? transactions.statement(handler.apply(event))
                        : once(event, key));
    }

    private Mono<Void> once(PublishedEvent event, @Nullable String key) {
        return transactions
                .run(inbox.enter(event.id(), event.type(), key)
                        .flatMap(entry -> entry.isNew() ? handler.apply(event).thenReturn(true) : Mono.just(false)))
                .then();
    }
}
