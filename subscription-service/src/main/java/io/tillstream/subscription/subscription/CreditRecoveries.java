package io.tillstream.subscription.subscription;

import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * Credit that changes gave for a period whose money went back since: with it plans would be paid that nobody paid. So it is owed
 * to us, as far as what went back is more than what of the payment was not credited. Where nothing went back, nothing is owed.
 */
@Repository
public class CreditRecoveries {

    private static final String OWED = """
            insert into credit_recoveries (subscription_id, target, next_attempt_at)
            select :id, owed.target, now()
            from (select coalesce(sum(least(credit, back, greatest(0, back + credit - paid))), 0) as target
                  from period_money where subscription_id = :id) owed
            where owed.target > 0 or exists (select 1 from credit_recoveries where subscription_id = :id)
            on conflict (subscription_id) do update
            set target = excluded.target, tries = 0, next_attempt_at = now(), updated_at = now()
            where credit_recoveries.target <> excluded.target
            """;

    private final DatabaseClient database;

    CreditRecoveries(DatabaseClient database) {
        this.database = database;
    }

    /** After money went back or came again, or a credit was learned of; under the lock of the subscription's row. */
    public Mono<Void> check(UUID subscriptionId) {
        return database.sql(OWED)
                .bind("id", subscriptionId)
                .fetch()
                .rowsUpdated()
                .then();
    }
}
