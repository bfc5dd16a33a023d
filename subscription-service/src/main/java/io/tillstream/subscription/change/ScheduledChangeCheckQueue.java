package io.tillstream.subscription.change;

import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.SubscriptionSettings;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of changes for the period's end of which it is not sure yet that no other subscription of the user has the plan. */
@Repository
class ScheduledChangeCheckQueue {

    private static final int BATCH = 20; // two calls to Stripe each

    /** Claimed for the length of the next rest, so that a crash or a second instance does no harm. */
    private static final String CLAIM = """
            update scheduled_change_checks
            set tries = tries + 1,
                next_attempt_at = now() + case when tries < 5 then make_interval(secs => :firstAsk) else interval '10 minutes' end
            where subscription_id in (
                select subscription_id from scheduled_change_checks where next_attempt_at <= now()
                order by next_attempt_at limit :batch for update skip locked)
            returning subscription_id, plan_id, planned_at
            """;

    /** What rests only as it could not be checked. */
    private static final String MAKE_DUE = """
            update scheduled_change_checks set next_attempt_at = now()
            where subscription_id in (
                select subscription_id from scheduled_change_checks
                where next_attempt_at > now() and tries > 0
                order by next_attempt_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final DatabaseClient database;
    private final SubscriptionSettings settings;
    private final Clock clock;

    ScheduledChangeCheckQueue(DatabaseClient database, SubscriptionSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /** Before Stripe is asked. One of which nobody knows yet whether Stripe has it keeps its time. */
    Mono<Void> begin(UUID subscriptionId, String planId) {
        return database.sql("""
                        insert into scheduled_change_checks (subscription_id, plan_id, next_attempt_at, planned_at)
                        values (:id, :plan, :next, :now)
                        on conflict (subscription_id) do update
                        set plan_id = excluded.plan_id, tries = 0, next_attempt_at = excluded.next_attempt_at
                        """)
                .bind("id", subscriptionId)
                .bind("plan", planId)
                .bind("next", clock.instant().plus(settings.firstAsk()))
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Another plan that was chosen meanwhile has a check of its own. */
    Mono<Void> end(UUID subscriptionId, String planId) {
        return database.sql("delete from scheduled_change_checks where subscription_id = :id and plan_id = :plan")
                .bind("id", subscriptionId)
                .bind("plan", planId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }

    Flux<ScheduledChangeCheck.Due> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .bind("firstAsk", settings.firstAskSeconds())
                .map(row -> new ScheduledChangeCheck.Due(
                        Column.present(row, "subscription_id", UUID.class),
                        Column.present(row, "plan_id", String.class),
                        Column.present(row, "planned_at", Instant.class)))
                .all();
    }
}
