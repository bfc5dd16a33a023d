package io.tillstream.payment.payable;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** How many attempts nobody knows the end of, and since when: the first number to look at when Stripe was away. */
@Component
public class PaymentGauges {

    private static final String COUNT = """
            select count(*) as n, coalesce(extract(epoch from now() - min(created_at)), 0)::bigint as age,
                (select count(*) from payments where next_ask_at <= now() and status <> 'action_required') as urgent,
                (select count(*) from payments where next_ask_at <= now() and status = 'action_required') as idle
            from payments where active and status in ('initiated', 'unknown')
            """;

    private final DatabaseClient database;
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong oldestSeconds = new AtomicLong();
    private final AtomicLong urgent = new AtomicLong();
    private final AtomicLong idle = new AtomicLong();

    PaymentGauges(DatabaseClient database, MeterRegistry meters) {
        this.database = database;
        meters.gauge("tillstream.payments.unknown", unknown);
        meters.gauge("tillstream.payments.unknown.oldest.seconds", oldestSeconds);
        meters.gauge("tillstream.payments.sweep.due", Tags.of("queue", "urgent"), urgent);
        meters.gauge("tillstream.payments.sweep.due", Tags.of("queue", "idle"), idle);
    }

    public Mono<Void> measure() {
        return database.sql(COUNT)
                .map(row -> {
                    unknown.set(Column.get(row, "n", Long.class));
                    oldestSeconds.set(Column.get(row, "age", Long.class));
                    urgent.set(Column.get(row, "urgent", Long.class));
                    idle.set(Column.get(row, "idle", Long.class));
                    return true;
                })
                .one()
                .then();
    }
}
