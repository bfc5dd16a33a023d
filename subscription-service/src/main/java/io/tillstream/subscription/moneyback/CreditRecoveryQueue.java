package io.tillstream.subscription.moneyback;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Recoveries of credit that are due. */
@Repository
class CreditRecoveryQueue {

    private static final int BATCH = 20; // two calls to Stripe each
    private static final int AGAIN = 5; // they may wait
    private static final int OFTEN = 6; // half an hour of growing rests: what passes by itself has passed

    /**
     * Claimed for the length of the next rest. What is used up already may come again, as the credit of a plan that it paid:
     * that is looked for until two months later, by when a dispute is decided. What was tried often has places of its own, and
     * keeps none from what is new.
     */
    private static final String CLAIM = """
            with fresh as (
                select subscription_id from credit_recoveries where next_attempt_at <= now() and tries < :often
                order by next_attempt_at limit :batch for update skip locked),
            again as (
                select subscription_id from credit_recoveries where next_attempt_at <= now() and tries >= :often
                order by next_attempt_at limit :again for update skip locked)
            update credit_recoveries r
            set tries = tries + 1, updated_at = now(),
                next_attempt_at = case when tries < 72
                    then now() + least(interval '1 minute' * power(2, least(tries, 11)), interval '1 day') end
            from subscriptions s
            where s.id = r.subscription_id and s.stripe_customer_id is not null and r.subscription_id in (
                select subscription_id from fresh union all select subscription_id from again)
            returning r.*, s.stripe_customer_id, s.currency
            """;

    /** What rests as there was no answer; what was tried often rests as nothing can be done yet, but for a move that was begun. */
    private static final String MAKE_DUE = """
            update credit_recoveries set next_attempt_at = now(), tries = least(tries, 6)
            where subscription_id in (
                select subscription_id from credit_recoveries
                where next_attempt_at > now() and tries > 0 and (move is not null or tries < 6)
                order by next_attempt_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    static final String GIVEN_UP = " r.next_attempt_at is null and (r.target <> r.taken or r.move is not null)"
            + " and r.updated_at > now() - interval '60 days' ";

    private final DatabaseClient database;

    CreditRecoveryQueue(DatabaseClient database) {
        this.database = database;
    }

    /** Ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }

    Flux<CreditRecovery> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .bind("again", AGAIN)
                .bind("often", OFTEN)
                .map(CreditRecoveryQueue::read)
                .all();
    }

    /**
     * How many were given up: tried for two months, and something is still to be taken or given again. They are told of for as
     * long again; what nobody has seen to by then is written off.
     */
    Mono<GivenUp> givenUp() {
        return database.sql("""
                        select count(*) as n, count(*) filter (where r.updated_at > now() - interval '1 day') as today
                        from credit_recoveries r where""" + GIVEN_UP)
                .map(row -> new GivenUp(Column.present(row, "n", Long.class), Column.present(row, "today", Long.class)))
                .one();
    }

    /** How many in all, and since yesterday: of a sum that old ones leave, a new one is not seen. */
    record GivenUp(long all, long today) {}

    /** Whether this move is the one to make. */
    Mono<Boolean> begin(CreditRecovery recovery, long move) {
        return database.sql("""
                        update credit_recoveries set move = :move
                        where subscription_id = :id and moves = :moves and move is null and target = :target
                        """)
                .bind("id", recovery.subscriptionId())
                .bind("moves", recovery.moves())
                .bind("target", recovery.target())
                .bind("move", move)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** Stripe has moved it, or, as zero, refused to: the next has another key. */
    Mono<Boolean> end(CreditRecovery recovery, long moved) {
        return database.sql("""
                        update credit_recoveries
                        set taken = taken + :moved, move = null, moves = moves + 1, updated_at = now(),
                            next_attempt_at = case when taken + :moved <> target then next_attempt_at end
                        where subscription_id = :id and moves = :moves and move is not null
                        """)
                .bind("id", recovery.subscriptionId())
                .bind("moves", recovery.moves())
                .bind("moved", moved)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** Nothing is left to do until more goes back, or comes again. */
    Mono<Void> rest(CreditRecovery recovery) {
        return database.sql("""
                        update credit_recoveries set next_attempt_at = null
                        where subscription_id = :id and target = taken and move is null
                        """)
                .bind("id", recovery.subscriptionId())
                .fetch()
                .rowsUpdated()
                .then();
    }

    private static CreditRecovery read(Readable row) {
        return new CreditRecovery(
                Column.present(row, "subscription_id", UUID.class),
                Column.present(row, "stripe_customer_id", String.class),
                Column.present(row, "currency", String.class),
                Column.present(row, "target", Long.class),
                Column.present(row, "taken", Long.class),
                row.get("move", Long.class),
                Column.present(row, "moves", Integer.class));
    }
}
