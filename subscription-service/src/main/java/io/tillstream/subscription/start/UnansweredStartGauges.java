package io.tillstream.subscription.start;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.sql.Column;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** How many starts Stripe has not answered, and since when: pages that are open wait for a person and do not count. */
@Component
class UnansweredStartGauges {

    private static final String COUNT = """
            select count(*) as n, coalesce(extract(epoch from now() - min(created_at)), 0)::bigint as age
            from subscriptions where status = 'starting' and checkout_session_id is null
            """;

    private final DatabaseClient database;
    private final AtomicLong unanswered = new AtomicLong();
    private final AtomicLong oldestSeconds = new AtomicLong();

    UnansweredStartGauges(DatabaseClient database, MeterRegistry meters) {
        this.database = database;
        meters.gauge("tillstream.subscriptions.unanswered", unanswered);
        meters.gauge("tillstream.subscriptions.unanswered.oldest.seconds", oldestSeconds);
    }

    Mono<Void> measure() {
        return database.sql(COUNT)
                .map(row -> {
                    unanswered.set(Column.present(row, "n", Long.class));
                    oldestSeconds.set(Column.present(row, "age", Long.class));
                    return true;
                })
                .one()
                .then();
    }
}
