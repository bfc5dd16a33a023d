package io.tillstream.subscription.policy;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import io.tillstream.web.lease.LeaseHeartbeat;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** The table of previews. */
@Repository
class PolicyPreviews {

    private static final Duration LEASE = Duration.ofSeconds(15);

    private static final String COLUMNS = """
            p.id, p.policy::text as policy, p.at, p.looked_at, p.position, p.computed_at, p.token, p.created_at
            """;

    /** One that nobody needs any more; while it is followed it is there to be asked how far that is. */
    private static final String OLD = """
            select p.id from policy_previews p
            where p.created_at < now() - interval '90 days' and p.computed_at is not null
              and not exists (select 1 from adopted_policies a where a.id = p.id
                              and (a.walked_at is null or a.walked_at > now() - interval '90 days'))
            order by p.created_at limit 1
            """;

    private static final String FORGET_CHANGES = """
            delete from policy_preview_changes where preview_id = :id and subscription_id in (
                select subscription_id from policy_preview_changes where preview_id = :id
                order by subscription_id limit 1000)
            """;

    private final DatabaseClient database;
    private final LeaseHeartbeat heartbeat = new LeaseHeartbeat("a policy's preview", LEASE);

    PolicyPreviews(DatabaseClient database) {
        this.database = database;
    }

    /** The same id again is the same preview. */
    Mono<Void> add(UUID id, String policy, Instant at, String operator) {
        return database.sql("""
                        insert into policy_previews (id, policy, at, asked_by)
                        values (:id, cast(:policy as jsonb), :at, :operator) on conflict do nothing
                        """)
                .bind("id", id)
                .bind("policy", policy)
                .bind("at", at)
                .bind("operator", operator)
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<PolicyPreview> find(UUID id) {
        return database.sql("select " + COLUMNS + """
                        , a.starts_at, a.walked_at,
                          (select count(*) from policy_stragglers s where s.policy_id = a.id) as behind
                        from policy_previews p left join adopted_policies a on a.id = p.id where p.id = :id
                        """)
                .bind("id", id)
                .map(PolicyPreviews::read)
                .one();
    }

    /** One that is not done, for this instance alone until its lease runs out. */
    Mono<PolicyPreview> claim() {
        return database.sql("""
                        update policy_previews p set token = token + 1, lease_until = now() + make_interval(secs => :lease)
                        where id = (select id from policy_previews where computed_at is null and lease_until <= now()
                                    order by created_at limit 1 for update skip locked)
                        returning %s, cast(null as timestamptz) as starts_at, cast(null as timestamptz) as walked_at,
                            cast(0 as bigint) as behind
                        """.formatted(COLUMNS))
                .bind("lease", heartbeat.seconds())
                .map(PolicyPreviews::read)
                .one();
    }

    /** Work on a page, for as long as the preview is ours: it ends with {@code LeaseLost} where another has taken over. */
    <T> Mono<T> during(PolicyPreview preview, Mono<T> page) {
        return heartbeat.during(renew(preview), page);
    }

    private Mono<Boolean> renew(PolicyPreview preview) {
        return database.sql("update policy_previews set lease_until = now() + make_interval(secs => :lease)"
                        + " where id = :id and token = :token")
                .bind("lease", heartbeat.seconds())
                .bind("id", preview.id())
                .bind("token", preview.token())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** A page further; nothing where another instance has taken over. */
    Mono<Void> advance(PolicyPreview preview, PolicySubjects.Page page) {
        return database.sql("""
                        update policy_previews set position = :position, looked_at = looked_at + :lookedAt,
                            token = token + 1, lease_until = now(), computed_at = case when :over then now() end
                        where id = :id and token = :token
                        """)
                .bind("position", page.position())
                .bind("lookedAt", page.lookedAt())
                .bind("over", page.isLast())
                .bind("id", preview.id())
                .bind("token", preview.token())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** One that is too old to be looked at. */
    Mono<UUID> old() {
        return database.sql(OLD)
                .map(row -> Column.present(row, "id", UUID.class))
                .one();
    }

    /** A step of what it changes, and itself when nothing of that is left. */
    Mono<Void> forget(UUID id) {
        return database.sql(FORGET_CHANGES)
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .filter(changes -> changes == 0)
                .flatMap(none -> database.sql("delete from policy_previews where id = :id")
                        .bind("id", id)
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    private static PolicyPreview read(Readable row) {
        return new PolicyPreview(
                Column.present(row, "id", UUID.class),
                Column.present(row, "policy", String.class),
                Column.present(row, "at", Instant.class),
                Column.present(row, "looked_at", Long.class),
                Column.present(row, "position", UUID.class),
                row.get("computed_at", Instant.class),
                row.get("starts_at", Instant.class),
                row.get("walked_at", Instant.class),
                Column.present(row, "behind", Long.class),
                Column.present(row, "token", Long.class),
                Column.present(row, "created_at", Instant.class));
    }
}
