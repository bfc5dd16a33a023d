package io.tillstream.payment.payable;

import java.time.Duration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;

/** Attempts without news: Stripe is asked after 1 minute, 5 times every 5 minutes, after an hour, then once a day. */
@Repository
public class OverduePayments {

    /** Claimed for the length of the next wait, so that a crash or a second instance does no harm. */
    private static final String CLAIM = """
            update payments
            set asks = asks + 1,
                next_ask_at = case
                    when asks < 5 then now() + interval '5 minutes'
                    when asks < 6 then now() + interval '1 hour'
                    when asks < :most then now() + interval '1 day' end
            where id in (
                select id from payments where next_ask_at <= now()
                order by next_ask_at limit :batch for update skip locked)
            returning *
            """;

    private static final int BATCH = 20; // a second's worth of calls to Stripe

    private static final int MOST = 37; // 7 in the first hour and a half, then 30 days: longer than any payment takes

    private final DatabaseClient database;
    private final PaymentSettings settings;

    OverduePayments(DatabaseClient database, PaymentSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    public Flux<Payment> claim() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .bind("most", MOST)
                .map(Payments::read)
                .all();
    }

    /** How long a sweep rests when it found nothing. */
    public Duration pause() {
        return settings.sweepEvery();
    }
}
