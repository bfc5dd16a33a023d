package io.tillstream.order.order;

import io.tillstream.delivery.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Orders whose cancel was begun and not ended. One that cannot end yet rests twice as long after each attempt, and what was
 * attempted often has places of its own: it keeps none from what is new.
 */
@Repository
public class CancellationQueue {

    private static final int BATCH = 20; // a call to payment-service each
    private static final int AGAIN = 5; // they may wait
    private static final int OFTEN = 6; // ten minutes of growing rests: what passes by itself has passed

    private static final String DUE = """
            cancel_requested_at <= :now and (customer_departed or expired or cancel_requested_at < :before)
            and canceled_at is null and (cancel_tried_at is null
                or cancel_tried_at <= cast(:now as timestamptz) - least(
                    make_interval(secs => :first) * power(2, least(cancel_attempts, 20) - 1), interval '5 minutes'))
            """;

    /** Claimed for the length of the next rest. Two instances with the same one do no harm: it is closed once. */
    private static final String CLAIM = """
            with fresh as (
                select id from orders where %1$s and cancel_attempts < :often
                order by coalesce(cancel_tried_at, cancel_requested_at) limit :batch for update skip locked),
            again as (
                select id from orders where %1$s and cancel_attempts >= :often
                order by coalesce(cancel_tried_at, cancel_requested_at) limit :again for update skip locked),
            claimed as (
                update orders set cancel_tried_at = :now, cancel_attempts = cancel_attempts + 1
                where id in (select id from fresh union all select id from again)
                returning id, cancel_attempts)
            select id from claimed order by cancel_attempts, id
            """.formatted(DUE);

    /** What was attempted often rests on: each of its noes says that others may rest for nothing. */
    private static final String MAKE_DUE = """
            update orders set cancel_tried_at = null
            where id in (
                select id from orders
                where cancel_requested_at is not null and canceled_at is null and cancel_tried_at is not null
                  and cancel_attempts < :often
                limit :most for update skip locked)
            """;

    /**
     * Not those of which a payment is under way, or that were begun with a try whose outcome nobody knows: that decides. One that
     * payment-service would not close, as it saw money first or its buyer has bank details in hand, is tried again after an hour, or
     * as soon as it has moved.
     */
    private static final String EXPIRE = """
            with old as (
                select id from orders
                where status in ('AWAITING_PAYMENT', 'ACTION_REQUIRED', 'PAYMENT_FAILED') and cancel_requested_at is null
                  and created_at < :before
                  and (cancel_tried_at is null or updated_at > cancel_tried_at
                    or cancel_tried_at < cast(:now as timestamptz) - interval '1 hour')
                  and not exists (select 1 from order_payments
                                  where order_id = orders.id
                                    and (state = 'ASKED' or state = 'PROCESSING' and payment_intent is null))
                order by created_at limit :most for update skip locked),
            told as (
                insert into order_timeline (order_id, at, kind, what, ref, outcome, why)
                select id, :now, 'call', 'cancel', id::text, 'asked', 'expired' from old
                where not exists (select 1 from order_timeline
                                  where order_id = old.id and kind = 'call' and what = 'cancel' and why = 'expired'))
            update orders set cancel_requested_at = :now, expired = true from old where orders.id = old.id
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final DatabaseClient database;
    private final Clock clock;
    private final OrderExpirySettings expiry;
    private volatile Runnable listener = () -> {};

    CancellationQueue(DatabaseClient database, Clock clock, OrderExpirySettings expiry) {
        this.database = database;
        this.clock = clock;
        this.expiry = expiry;
    }

    /**
     * Takes what is due, first what was attempted least.
     *
     * @param olderThan of these the request itself has ended; what a deletion or its age began has none
     * @param firstRest after the first attempt; five minutes at most after the later ones
     */
    public Flux<UUID> claim(Duration olderThan, Duration firstRest) {
        return Flux.defer(() -> claim(clock.instant(), olderThan, firstRest));
    }

    private Flux<UUID> claim(Instant now, Duration olderThan, Duration firstRest) {
        return database.sql(CLAIM)
                .bind("now", now)
                .bind("before", now.minus(olderThan))
                .bind("first", firstRest.toMillis() / 1000.0)
                .bind("batch", BATCH)
                .bind("again", AGAIN)
                .bind("often", OFTEN)
                .map(row -> Objects.requireNonNull(row.get("id", UUID.class)))
                .all();
    }

    /** Asks for the cancel of what is open and over its time, of some of it; tells of how many, zero for none. */
    public Mono<Long> expire() {
        return Mono.defer(() -> expire(clock.instant()));
    }

    private Mono<Long> expire(Instant now) {
        return database.sql(EXPIRE)
                .bind("before", now.minus(expiry.payableFor()))
                .bind("now", now)
                .bind("most", BATCH)
                .fetch()
                .rowsUpdated();
    }

    /** Part of the transaction in which an order moved: where its last payment failed, nothing keeps it beyond its time. */
    public Mono<Void> moved(Order order) {
        boolean waits = order.status() == OrderStatus.PAYMENT_FAILED && expiry.isOver(order, clock.instant());
        return waits ? tellAfterCommit() : Mono.empty();
    }

    /** What is run once something became due that waits for no request. */
    public void onDue(Runnable hint) {
        listener = hint;
    }

    /** Part of the transaction in which something became due. */
    public Mono<Void> tellAfterCommit() {
        return Mono.deferContextual(context -> {
            Transactions.afterCommit(context, listener);
            return Mono.empty();
        });
    }

    /** Ends the rests of what may pass now, some of them; tells of how many, zero for none. */
    public Mono<Long> makeDue() {
        return database.sql(MAKE_DUE)
                .bind("often", OFTEN)
                .bind("most", DUE_AT_ONCE)
                .fetch()
                .rowsUpdated();
    }
}
