package io.tillstream.subscription.policy;

import io.r2dbc.spi.Readable;
import io.tillstream.events.Money;
import io.tillstream.subscription.access.AccessDifference;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.Subscription;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table of what previews found. */
@Repository
class PolicyChanges {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<List<String>> FEATURES = new TypeReference<>() {};

    /** By the Price that it is billed by, which may be older than the plan's present one. */
    private static final String INSERT = """
            insert into policy_preview_changes
                (preview_id, subscription_id, user_id, plan_id, status, features, before_grade, before_until,
                 after_grade, after_until, changes_at, currency, amount)
            select :preview, :subscription, :user, :plan, :status, cast(:features as jsonb), :before, :beforeUntil,
                   :after, :afterUntil, :at, :currency,
                   coalesce((select cast(amounts ->> :currency as bigint) from plan_prices where stripe_price_id = :price),
                            (select cast(amounts ->> :currency as bigint) from plans where id = :plan), 0) * :quantity
            from policy_previews where id = :preview and token = :token
            on conflict do nothing
            """;

    private static final String GROUPS = """
            select status, before_grade, after_grade, currency, count(*) as subscriptions,
                   cast(sum(amount) as bigint) as amount, min(changes_at) as first_at, max(changes_at) as last_at
            from policy_preview_changes where preview_id = :preview
            group by 1, 2, 3, 4 order by 1, 2, 3, 4
            """;

    private final DatabaseClient database;

    PolicyChanges(DatabaseClient database) {
        this.database = database;
    }

    /** One subscription of which something changes. */
    record Change(
            UUID subscriptionId,
            String userId,
            String planId,
            String status,
            List<String> features,
            String before,
            @Nullable Instant beforeUntil,
            String after,
            @Nullable Instant afterUntil,
            Instant at,
            Money amount) {}

    /** All of one kind and currency. */
    record Group(
            String status,
            String before,
            String after,
            long subscriptions,
            Money amount,
            Instant firstAt,
            Instant lastAt) {}

    /** Nothing where another computes the preview by now: it looks at the same moment, but with what has happened since. */
    Mono<Void> add(PolicyPreview preview, Subscription subscription, AccessDifference difference) {
        return database.sql(INSERT)
                .bind("preview", preview.id())
                .bind("token", preview.token())
                .bind("subscription", subscription.id())
                .bind("user", subscription.userId())
                .bind("plan", subscription.planId())
                .bind("status", subscription.status().text())
                .bind("features", JSON.writeValueAsString(difference.features()))
                .bind("before", difference.before().grade().text())
                .bind("beforeUntil", Column.of(difference.before().until(), Instant.class))
                .bind("after", difference.after().grade().text())
                .bind("afterUntil", Column.of(difference.after().until(), Instant.class))
                .bind("at", difference.at())
                .bind("currency", subscription.currency())
                .bind("price", Column.of(subscription.terms().stripePriceId(), String.class))
                .bind("quantity", subscription.quantity())
                .fetch()
                .rowsUpdated()
                .then();
    }

    Flux<Group> groups(UUID preview) {
        return database.sql(GROUPS)
                .bind("preview", preview)
                .map(row -> new Group(
                        Column.present(row, "status", String.class),
                        Column.present(row, "before_grade", String.class),
                        Column.present(row, "after_grade", String.class),
                        Column.present(row, "subscriptions", Long.class),
                        money(row),
                        Column.present(row, "first_at", Instant.class),
                        Column.present(row, "last_at", Instant.class)))
                .all();
    }

    /** By the subscription's id, after one. */
    Flux<Change> page(UUID preview, UUID after, int rows) {
        return database.sql("""
                        select *, features::text as features_text from policy_preview_changes
                        where preview_id = :preview and subscription_id > :after order by subscription_id limit :rows
                        """)
                .bind("preview", preview)
                .bind("after", after)
                .bind("rows", rows)
                .map(row -> new Change(
                        Column.present(row, "subscription_id", UUID.class),
                        Column.present(row, "user_id", String.class),
                        Column.present(row, "plan_id", String.class),
                        Column.present(row, "status", String.class),
                        JSON.readValue(Column.present(row, "features_text", String.class), FEATURES),
                        Column.present(row, "before_grade", String.class),
                        row.get("before_until", Instant.class),
                        Column.present(row, "after_grade", String.class),
                        row.get("after_until", Instant.class),
                        Column.present(row, "changes_at", Instant.class),
                        money(row)))
                .all();
    }

    private static Money money(Readable row) {
        return new Money(Column.present(row, "amount", Long.class), Column.present(row, "currency", String.class));
    }
}
