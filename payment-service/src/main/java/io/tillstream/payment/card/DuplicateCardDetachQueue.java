package io.tillstream.payment.card;

import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;

/** Duplicates that are to be detached at Stripe. */
@Repository
public class DuplicateCardDetachQueue {

    /** Claimed until the next look: every 10 minutes for an hour, then daily, as one may pay a subscription. */
    private static final String CLAIM = """
            update cards set detach_due = now() + case
                when updated_at < now() - interval '1 hour' then interval '1 day' else interval '10 minutes' end
            where payment_method_id in (
                select payment_method_id from cards where detach_due <= now()
                order by detach_due limit :batch for update skip locked)
            returning *
            """;

    private static final int BATCH = 10; // two calls to Stripe each

    private final DatabaseClient database;

    DuplicateCardDetachQueue(DatabaseClient database) {
        this.database = database;
    }

    public Flux<Card> claim() {
        return database.sql(CLAIM).bind("batch", BATCH).map(Cards::read).all();
    }
}
