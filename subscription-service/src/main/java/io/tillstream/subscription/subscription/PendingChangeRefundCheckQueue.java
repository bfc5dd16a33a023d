package io.tillstream.subscription.subscription;

import io.tillstream.subscription.sql.Column;
import java.time.Instant;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The table of subscriptions whose money went back beside a change that waits for its payment, or for Stripe's answer: what that
 * money paid is credited by the change, and its buyer would have it twice.
 */
@Repository
public class PendingChangeRefundCheckQueue {

    private static final int BATCH = 20; // two calls to Stripe each

    private static final String CHECK = """
            insert into refunded_change_checks (subscription_id, next_attempt_at)
            select s.id, now() from subscriptions s
            where s.id = :id and (s.pending_plan_id is not null or s.pending_quantity is not null
                or exists (select 1 from subscription_changes c where c.subscription_id = s.id and c.status = 'asked'))
            on conflict (subscription_id) do update set tries = 0, next_attempt_at = excluded.next_attempt_at
            """;

    /** Claimed for the length of the next rest, so that a crash or a second instance does no harm. */
    private static final String CLAIM = """
            update refunded_change_checks
            set tries = tries + 1,
                next_attempt_at = now() + case when tries < 5 then make_interval(secs => :firstAsk) else interval '10 minutes' end
            where subscription_id in (
                select subscription_id from refunded_change_checks where next_attempt_at <= now()
                order by next_attempt_at limit :batch for update skip locked)
            returning subscription_id, next_attempt_at
            """;

    /** What rests only as it could not be closed. */
    private static final String MAKE_DUE = """
            update refunded_change_checks set next_attempt_at = now()
            where subscription_id in (
                select subscription_id from refunded_change_checks
                where next_attempt_at > now() and tries > 0
                order by next_attempt_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final DatabaseClient database;
    private final SubscriptionSettings settings;

    PendingChangeRefundCheckQueue(DatabaseClient database, SubscriptionSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    /**
     * One that is claimed.
     *
     * @param claimedUntil when it is due again unless it is ended
     */
    public record Due(UUID subscriptionId, Instant claimedUntil) {}

    /** After money of the subscription went back; under the lock of its row. */
    public Mono<Void> check(UUID subscriptionId) {
        return database.sql(CHECK)
                .bind("id", subscriptionId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    public Flux<Due> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .bind("firstAsk", settings.firstAskSeconds())
                .map(row -> new Due(
                        Column.present(row, "subscription_id", UUID.class),
                        Column.present(row, "next_attempt_at", Instant.class)))
                .all();
    }

    /** Nothing waits any more, or the money is here again; unless more went back since it was claimed. */
    public Mono<Void> end(Due due) {
        return database.sql(
                        "delete from refunded_change_checks where subscription_id = :id and next_attempt_at = :claimed")
                .bind("id", due.subscriptionId())
                .bind("claimed", due.claimedUntil())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Ends the rests of what could not be closed, of some of it; tells of how much, zero for none. */
    public Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }
}
