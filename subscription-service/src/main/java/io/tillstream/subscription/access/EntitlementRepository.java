package io.tillstream.subscription.access;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of what users may use, as it was told. It changes only while its user is locked. */
@Repository
class EntitlementRepository {

    private static final String PUT = """
            insert into entitlements (user_id, feature, grade, subscription_id, since, until, updated_at)
            values (:userId, :feature, :grade, :subscriptionId, :since, :until, now())
            on conflict (user_id, feature) do update
            set grade = :grade, subscription_id = :subscriptionId, since = :since, until = :until, updated_at = now()
            """;

    private final DatabaseClient database;

    EntitlementRepository(DatabaseClient database) {
        this.database = database;
    }

    /**
     * Two subscriptions of one user, and Stripe's summary, may give the same feature: whoever changes one waits for the
     * others, to the end of its transaction. Taken after the lock of a subscription, never before it.
     */
    Mono<Void> lock(String userId) {
        return database.sql(
                        "select pg_advisory_xact_lock(hashtextextended('entitlements:' || :userId, 0))::text as taken")
                .bind("userId", userId)
                .map(row -> true)
                .one()
                .then();
    }

    Flux<Entitlement> of(String userId) {
        return database.sql("select * from entitlements where user_id = :userId order by feature")
                .bind("userId", userId)
                .map(EntitlementRepository::read)
                .all();
    }

    Mono<Map<String, Entitlement>> byFeature(String userId) {
        return of(userId).collectMap(Entitlement::feature);
    }

    Mono<Void> put(Entitlement entitlement) {
        return database.sql(PUT)
                .bind("userId", entitlement.userId())
                .bind("feature", entitlement.feature())
                .bind("grade", entitlement.grade().text())
                .bind("subscriptionId", Column.of(uuid(entitlement), UUID.class))
                .bind("since", entitlement.since())
                .bind("until", Column.of(entitlement.until(), Instant.class))
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<Void> remove(Entitlement entitlement) {
        return database.sql("delete from entitlements where user_id = :userId and feature = :feature")
                .bind("userId", entitlement.userId())
                .bind("feature", entitlement.feature())
                .fetch()
                .rowsUpdated()
                .then();
    }

    private static @org.jspecify.annotations.Nullable UUID uuid(Entitlement entitlement) {
        String id = entitlement.subscriptionId();
        return id == null ? null : UUID.fromString(id);
    }

    private static Entitlement read(Readable row) {
        UUID subscription = row.get("subscription_id", UUID.class);
        return new Entitlement(
                Objects.requireNonNull(row.get("user_id", String.class)),
                Objects.requireNonNull(row.get("feature", String.class)),
                AccessLevel.of(Objects.requireNonNull(row.get("grade", String.class))),
                subscription == null ? null : subscription.toString(),
                Objects.requireNonNull(row.get("since", Instant.class)),
                row.get("until", Instant.class));
    }
}
