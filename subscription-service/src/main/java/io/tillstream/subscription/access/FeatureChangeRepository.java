package io.tillstream.subscription.access;

import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Plans whose features were changed since those who have them were given theirs. */
@Repository
class FeatureChangeRepository {

    /** A plan that is looked at for the first time has nobody who has it from before. */
    private static final String CHANGED = """
            select p.id, p.features::text as features from plans p
            left join entitlement_plans seen on seen.plan_id = p.id
            where seen.features is distinct from p.features
            """;

    /**
     * Also those of which it is the plan that was paid, though another is in force by now: as long as that one's bill is not
     * paid, in the three days in which Stripe finalizes it, or while it is owed, {@link PaidFeatures} reads this one's too.
     */
    private static final String HOLDERS = """
            select id from subscriptions s
            where s.status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')
              and (s.plan_id = :planId or (
                (s.status in ('past_due', 'unpaid') or s.current_period_start > now() - interval '4 days') and exists (
                    select 1 from invoices i cross join lateral jsonb_array_elements(i.lines) line
                    join plan_prices price on price.stripe_price_id = line ->> 'priceId'
                    where i.subscription_id = s.id and i.ever_paid and price.plan_id = :planId)))
            """;

    private static final String FOLLOWED = """
            insert into entitlement_plans (plan_id, features) values (:planId, cast(:features as jsonb))
            on conflict (plan_id) do update set features = cast(:features as jsonb)
            """;

    private final DatabaseClient database;

    FeatureChangeRepository(DatabaseClient database) {
        this.database = database;
    }

    record Changed(String planId, String features) {}

    Flux<Changed> changed() {
        return database.sql(CHANGED)
                .map(row -> new Changed(
                        Objects.requireNonNull(row.get("id", String.class)),
                        Objects.requireNonNull(row.get("features", String.class))))
                .all()
                .collectList()
                .flatMapIterable(all -> all);
    }

    Flux<UUID> holders(Changed plan) {
        return database.sql(HOLDERS)
                .bind("planId", plan.planId())
                .map(row -> Objects.requireNonNull(row.get("id", UUID.class)))
                .all();
    }

    Mono<Void> followed(Changed plan) {
        return database.sql(FOLLOWED)
                .bind("planId", plan.planId())
                .bind("features", plan.features())
                .fetch()
                .rowsUpdated()
                .then();
    }
}
