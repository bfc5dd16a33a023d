package io.tillstream.subscription.settlement;

import io.tillstream.delivery.Outbox;
import io.tillstream.events.SubscriptionEvent;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** What other systems were told of subscriptions: each thing once, in the transaction in which it became so. */
@Repository
class SubscriptionEventPublisher {

    private final DatabaseClient database;
    private final Outbox outbox;

    SubscriptionEventPublisher(DatabaseClient database, Outbox outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /**
     * Something worth telling.
     *
     * @param about which of its kind, where there can be several in a life; else empty
     */
    record Publication(String about, SubscriptionEvent event) {}

    Mono<Void> tell(UUID subscriptionId, Publication news) {
        return database.sql("""
                        insert into subscription_told (subscription_id, fact, about)
                        values (:id, :fact, :about) on conflict do nothing
                        """)
                .bind("id", subscriptionId)
                .bind("fact", news.event().type())
                .bind("about", news.about())
                .fetch()
                .rowsUpdated()
                .flatMap(isNew -> isNew == 1 ? outbox.append(news.event()) : Mono.<Void>empty());
    }
}
