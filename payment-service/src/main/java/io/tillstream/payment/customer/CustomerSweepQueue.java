package io.tillstream.payment.customer;

import io.tillstream.payment.payable.Column;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What is due for customers at Stripe, in two queues: deletions, and first cards that are to be the default. What Stripe
 * refuses rests twice as long after each attempt, and what was attempted often has places of its own: it keeps nobody from what is
 * new.
 */
@Repository
public class CustomerSweepQueue {

    private static final int BATCH = 20; // a second's worth of calls to Stripe
    private static final int AGAIN = 5; // they may wait
    private static final int OFTEN = 6; // half an hour of growing rests: what passes by itself has passed

    /** Claimed for the length of the next rest. An older release sets no time, and may run beside this one. */
    private static final String CLAIM = """
            with fresh as (
                select user_id from customers
                where %1$s and (%2$s_ask_at is null or %2$s_ask_at <= now()) and %2$s_attempts < :often
                order by %2$s_ask_at nulls first limit :batch for update skip locked),
            again as (
                select user_id from customers
                where %1$s and %2$s_ask_at <= now() and %2$s_attempts >= :often
                order by %2$s_ask_at limit :again for update skip locked),
            claimed as (
                update customers
                set %2$s_attempts = %2$s_attempts + 1,
                    %2$s_ask_at = now() + least(interval '30 seconds' * power(2, least(%2$s_attempts, 10)), interval '1 hour')
                where user_id in (select user_id from fresh union all select user_id from again)
                returning *)
            select * from claimed order by %2$s_attempts, user_id
            """;

    /**
     * What was attempted for long rests on: each of its own faults wakes all, and all of it would be asked for each time. While Stripe
     * comes and goes, a day's attempts are made in minutes: what changed not long ago is woken however often it was attempted. Six hours are
     * longer than Stripe is away, and what it refuses is asked for twice a minute at most until then.
     */
    private static final String MAKE_DUE = """
            update customers set %2$s_ask_at = now()
            where user_id in (
                select user_id from customers
                where %1$s and %2$s_ask_at > now() and %2$s_attempts > 0
                  and (%2$s_attempts < :forLong or updated_at > now() - interval '6 hours')
                limit :most for update skip locked)
            """;

    private static final int FOR_LONG = 30; // a day of growing rests; of an hour each from then on

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final DatabaseClient database;

    CustomerSweepQueue(DatabaseClient database) {
        this.database = database;
    }

    private enum Queue {
        DELETIONS("leaving", "deletion"),
        DEFAULTS("default_due is not null", "default");

        final String claim;
        final String makeDue;

        Queue(String condition, String prefix) {
            claim = CLAIM.formatted(condition, prefix);
            makeDue = MAKE_DUE.formatted(condition, prefix);
        }
    }

    /** A card that is to be its user's default; {@code hasOne}: another is by now. */
    public record FirstCard(String userId, String cardId, boolean hasOne) {}

    /** Customers that are to be deleted, first those that were attempted least. */
    Flux<Customer> claimDeletions() {
        return claim(Queue.DELETIONS).map(CustomerRepository::read).all();
    }

    /** Users with the card that is to be their default, first those that were attempted least. */
    public Flux<FirstCard> claimDefaults() {
        return claim(Queue.DEFAULTS)
                .map(row -> new FirstCard(
                        Column.get(row, "user_id", String.class),
                        Column.get(row, "default_due", String.class),
                        Column.text(row, "default_payment_method") != null))
                .all();
    }

    private DatabaseClient.GenericExecuteSpec claim(Queue queue) {
        return database.sql(queue.claim)
                .bind("batch", BATCH)
                .bind("again", AGAIN)
                .bind("often", OFTEN);
    }

    /** Ends the rests of deletions, some of them; tells of how many, zero for none. */
    Mono<Long> makeDeletionsDue() {
        return makeDue(Queue.DELETIONS);
    }

    /** As above, of first cards. */
    public Mono<Long> makeDefaultsDue() {
        return makeDue(Queue.DEFAULTS);
    }

    private Mono<Long> makeDue(Queue queue) {
        return database.sql(queue.makeDue)
                .bind("forLong", FOR_LONG)
                .bind("most", DUE_AT_ONCE)
                .fetch()
                .rowsUpdated();
    }
}
