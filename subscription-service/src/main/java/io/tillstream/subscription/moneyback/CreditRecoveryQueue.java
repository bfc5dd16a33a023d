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

    /**
     * Claimed for the length of the next rest. What is used up already may come again, as the credit of a plan that it paid:
     * that is looked for until two months later, by when a dispute is decided.
     */
    private static final String CLAIM = """
            update credit_recoveries r
            set tries = tries + 1, updated_at = now(),
                next_attempt_at = case when tries < 72
                    then now() + least(interval '1 minute' * power(2, least(tries, 11)), interval '1 day') end
            from subscriptions s
            where s.id = r.subscription_id and s.stripe_customer_id is not null and r.subscription_id in (
                select subscription_id from credit_recoveries where next_attempt_at <= now()
                order by next_attempt_at limit :batch for update skip locked)
            returning r.*, s.stripe_customer_id, s.currency
            """;

    private final DatabaseClient database;

    CreditRecoveryQueue(DatabaseClient database) {
        this.database = database;
    }

    Flux<CreditRecovery> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .map(CreditRecoveryQueue::read)
                .all();
    }

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
