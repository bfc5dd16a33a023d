package io.tillstream.subscription.policy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.sql.Column;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of subscriptions that could not be given what a policy leaves them, and a gauge of how many they are. */
@Repository
class PolicyStragglers {

    /** With growing rests, as whatever kept it may last; claimed for as long, so that a crash or a second instance does no harm. */
    private static final String CLAIM = """
            update policy_stragglers
            set tries = tries + 1, next_attempt_at = now() + least(interval '1 minute' * power(2, tries), interval '1 hour')
            where (policy_id, subscription_id) = (
                select policy_id, subscription_id from policy_stragglers where next_attempt_at <= now()
                order by next_attempt_at limit 1 for update skip locked)
            returning policy_id, subscription_id, tries
            """;

    private static final int LONGEST_FAULT = 500;

    private final DatabaseClient database;
    private final AtomicLong behind = new AtomicLong();

    PolicyStragglers(DatabaseClient database, MeterRegistry meters) {
        this.database = database;
        meters.gauge("tillstream.policies.subscriptions.behind", behind);
    }

    /** @param tries with this one: another's is another try */
    record Straggler(UUID policyId, UUID subscriptionId, int tries) {}

    Mono<Void> measure() {
        return database.sql("select count(*) as n from policy_stragglers")
                .map(row -> Column.present(row, "n", Long.class))
                .one()
                .doOnNext(behind::set)
                .then();
    }

    /** What else was found of it counts no more. */
    Mono<Void> add(UUID policyId, UUID subscriptionId, String fault) {
        return database.sql("""
                        insert into policy_stragglers (policy_id, subscription_id, fault, next_attempt_at)
                        values (:policy, :subscription, :fault, now() + interval '1 minute')
                        on conflict (policy_id, subscription_id) do update set fault = excluded.fault
                        """)
                .bind("policy", policyId)
                .bind("subscription", subscriptionId)
                .bind("fault", fault.substring(0, Math.min(fault.length(), LONGEST_FAULT)))
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Those of {@code subscriptions} that are no part of the walk any more. */
    Flux<UUID> among(UUID policyId, Collection<UUID> subscriptions) {
        return database.sql("select subscription_id from policy_stragglers"
                        + " where policy_id = :policy and subscription_id = any(:subscriptions)")
                .bind("policy", policyId)
                .bind("subscriptions", subscriptions.toArray(UUID[]::new))
                .map(row -> Column.present(row, "subscription_id", UUID.class))
                .all();
    }

    /** One that is to be tried now. */
    Mono<Straggler> claim() {
        return database.sql(CLAIM)
                .map(row -> new Straggler(
                        Column.present(row, "policy_id", UUID.class),
                        Column.present(row, "subscription_id", UUID.class),
                        Column.present(row, "tries", Integer.class)))
                .one();
    }

    /** It gets what the policy leaves it, in the same transaction; empty where another tries it by now. */
    Mono<Boolean> end(Straggler straggler) {
        return database.sql(
                        "delete from policy_stragglers where policy_id = :policy and subscription_id = :subscription"
                                + " and tries = :tries")
                .bind("tries", straggler.tries())
                .bind("policy", straggler.policyId())
                .bind("subscription", straggler.subscriptionId())
                .fetch()
                .rowsUpdated()
                .filter(rows -> rows == 1)
                .map(ended -> true);
    }
}
