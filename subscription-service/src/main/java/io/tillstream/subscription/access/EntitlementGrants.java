package io.tillstream.subscription.access;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of what gives users their features. It changes only while its user is locked. */
@Repository
class EntitlementGrants {

    /**
     * What Stripe's summary names counts where no plan gives it: not while a subscription runs whose plan has the feature,
     * nor after one until a later summary still names it.
     */
    private static final String COUNTED = """
            select e.* from entitlement_sources e
            where e.user_id = :userId and e.grade <> 'none'
              and (e.source not like 'stripe:%' or not exists (
                select 1 from subscriptions s
                join plans p on p.id = s.plan_id
                where s.user_id = e.user_id and jsonb_exists(p.features, e.feature)
                  and (s.status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')
                    or (s.status = 'canceled' and coalesce(s.ended_at, s.updated_at) >= e.told_at))))
            """;

    private static final String PUT = """
            insert into entitlement_sources
                (user_id, source, feature, grade, since, until, changes_at, told_at, updated_at)
            values (:userId, :source, :feature, :grade, :since, :until, :changesAt, :toldAt, now())
            on conflict (source, feature, user_id) do update
            set grade = :grade, since = :since, until = :until, changes_at = :changesAt, told_at = :toldAt,
                updated_at = now()
            """;

    private final DatabaseClient database;

    EntitlementGrants(DatabaseClient database) {
        this.database = database;
    }

    Mono<List<EntitlementGrant>> counted(String userId) {
        return database.sql(COUNTED)
                .bind("userId", userId)
                .map(EntitlementGrants::read)
                .all()
                .collectList();
    }

    /** What one source gives or gave. */
    Mono<List<EntitlementGrant>> of(String userId, String source) {
        return database.sql("select * from entitlement_sources where user_id = :userId and source = :source")
                .bind("userId", userId)
                .bind("source", source)
                .map(EntitlementGrants::read)
                .all()
                .collectList();
    }

    /**
     * @param toldAt the moment on Stripe's clock of which it is true
     */
    Mono<Void> put(EntitlementGrant given, Instant toldAt) {
        return database.sql(PUT)
                .bind("userId", given.userId())
                .bind("source", given.source())
                .bind("feature", given.feature())
                .bind("grade", given.grade().text())
                .bind("since", given.since())
                .bind("until", Column.of(given.until(), Instant.class))
                .bind("changesAt", Column.of(given.changesAt(), Instant.class))
                .bind("toldAt", toldAt)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Those whose grade changes by time alone, and the time has come. */
    Flux<String> due(Instant now, int most) {
        return database.sql("""
                        select source from entitlement_sources where changes_at <= :now
                        group by source order by min(changes_at), source limit :most
                        """)
                .bind("now", now)
                .bind("most", most)
                .map(EntitlementGrants::name)
                .all();
    }

    /** The same, of one user. */
    Flux<String> due(Instant now, String userId) {
        return database.sql("""
                        select distinct source from entitlement_sources where user_id = :userId and changes_at <= :now
                        """)
                .bind("userId", userId)
                .bind("now", now)
                .map(EntitlementGrants::name)
                .all();
    }

    /** Looked at again with the next sweep: also what gives nothing now, and may under another policy. */
    Mono<Void> due(UUID subscriptionId, Instant now) {
        return database.sql("update entitlement_sources set changes_at = :now where source = :source")
                .bind("now", now)
                .bind("source", subscriptionId.toString())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** After a fault: looked at again when the others have been. */
    Mono<Void> postpone(String source, Instant now, Duration rest) {
        return database.sql(
                        "update entitlement_sources set changes_at = :later where source = :source and changes_at <= :now")
                .bind("later", now.plus(rest))
                .bind("source", source)
                .bind("now", now)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private static String name(Readable row) {
        return Objects.requireNonNull(row.get("source", String.class));
    }

    private static EntitlementGrant read(Readable row) {
        return new EntitlementGrant(
                Objects.requireNonNull(row.get("user_id", String.class)),
                name(row),
                Objects.requireNonNull(row.get("feature", String.class)),
                AccessLevel.of(Objects.requireNonNull(row.get("grade", String.class))),
                Objects.requireNonNull(row.get("since", Instant.class)),
                row.get("until", Instant.class),
                row.get("changes_at", Instant.class));
    }
}
