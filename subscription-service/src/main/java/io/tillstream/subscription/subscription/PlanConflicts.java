package io.tillstream.subscription.subscription;

import io.tillstream.subscription.sql.Column;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A user has one live subscription per plan: what stands in the way of another, as it is of the plan or will be. */
@Repository
public class PlanConflicts {

    private static final String IN_THE_WAY =
            SubscriptionRow.SELECT + """
            where user_id = :userId and id is distinct from :id and (plan_id = :planId or scheduled_plan_id = :planId
                or pending_plan_id = :planId or id in (
                    select subscription_id from subscription_changes where plan_id = :planId and status = 'asked'))
              and""" + Subscriptions.LIVE + "order by created_at, id";

    private final DatabaseClient database;

    PlanConflicts(DatabaseClient database) {
        this.database = database;
    }

    /** Others of the user's than {@code id} that are or will be of the plan; starts and changes that nobody paid for are none. */
    public Flux<Subscription> with(@Nullable UUID id, String userId, String planId) {
        return paidOrPending(id, userId, planId).filter(other -> !other.isOnlyPendingFor(planId));
    }

    /** Those that would be of the plan only by a change that nobody paid for. */
    public Flux<Subscription> unpaidChanges(@Nullable UUID id, String userId, String planId) {
        return all(id, userId, planId).filter(other -> other.isOnlyPendingFor(planId));
    }

    /** As {@link #with}, and changes that nobody paid for: for whoever has closed those, and holds the lock of the user. */
    public Flux<Subscription> paidOrPending(@Nullable UUID id, String userId, String planId) {
        return all(id, userId, planId).filter(other -> !other.isUnpaidStart());
    }

    /** The first of all, unpaid starts too: for whoever has closed those as well, and holds the lock of the user. */
    public Mono<Subscription> anyWith(UUID id, String userId, String planId) {
        return all(id, userId, planId).next();
    }

    private Flux<Subscription> all(@Nullable UUID id, String userId, String planId) {
        return database.sql(IN_THE_WAY)
                .bind("userId", userId)
                .bind("id", Column.of(id, UUID.class))
                .bind("planId", planId)
                .map(SubscriptionRow::read)
                .all();
    }
}
