package io.tillstream.payment.payable;

import java.time.Duration;
import java.util.Comparator;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Attempts without news, in two queues. Urgent is what may have taken money: Stripe is asked after 1 minute, then after rests
 * of 1, 2, 4, 5 and 5 minutes, after an hour, then once a day. Idle is a page that its buyer left: nothing happens there without an
 * event, so it is looked at after an hour, a day, 3, 7 and 20 days, and never before what is urgent.
 */
@Repository
public class PaymentSweepQueue {

    /** Claimed for the length of the next wait, so that a crash or a second instance does no harm. */
    private static final String CLAIM = """
            with urgent as (
                select id from payments where next_ask_at <= now() and status <> 'action_required'
                order by status = 'processing', next_ask_at limit :batch for update skip locked),
            idle as (
                select id from payments where next_ask_at <= now() and status = 'action_required'
                order by next_ask_at limit :idle for update skip locked)
            update payments
            set asks = asks + 1,
                next_ask_at = case
                    when status = 'action_required' then now() + (
                        array['1 day', '3 days', '7 days', '20 days'])[asks + 1]::interval
                    when asks < 5 then now() + least(
                        make_interval(secs => :firstAsk) * power(2, asks), interval '5 minutes')
                    when asks < 6 then now() + interval '1 hour'
                    when asks < :most or status <> 'processing' then now() + interval '1 day' end
            where id in (select id from urgent union all select id from idle)
            returning *
            """;

    /**
     * What rests only as nobody knows what Stripe did. One whose own request may be under way waits for that, one that its bank or
     * its buyer is at for its event.
     */
    private static final String MAKE_DUE = """
            update payments set next_ask_at = now()
            where id in (
                select id from payments
                where status in ('initiated', 'unknown') and next_ask_at > now() and (status = 'unknown' or asks > 0)
                order by created_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    /** A second's worth of calls to Stripe: what became urgent meanwhile waits for no more than that. */
    public static final int BATCH = 20;

    private static final int MOST = 37; // 7 in the first hour and a third, then 30 days: longer than any payment takes

    private final DatabaseClient database;
    private final PaymentSettings settings;

    PaymentSweepQueue(DatabaseClient database, PaymentSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    /** What is due, the urgent first, and at most {@code idle} of the idle. */
    public Flux<Payment> claim(int idle) {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .bind("idle", idle)
                .bind("most", MOST)
                .bind("firstAsk", settings.firstAskSeconds())
                .map(Payments::read)
                .all()
                .sort(Comparator.comparing(PaymentSweepQueue::isIdle));
    }

    /** Ends the rests of what is unknown, of some of it; tells of how much, zero for none. */
    public Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }

    public static boolean isIdle(Payment payment) {
        return payment.status() == PaymentStatus.ACTION_REQUIRED;
    }

    /** How long a sweep rests when it found nothing. */
    public Duration pause() {
        return settings.sweepEvery();
    }
}
