package io.tillstream.subscription.access;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import io.tillstream.web.lease.LeaseHeartbeat;
import io.tillstream.web.lease.LeaseLost;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table of policies that were taken on. */
@Repository
public class AdoptedPolicies {

    private static final Duration LEASE = Duration.ofSeconds(15);

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, Object>> STATES = new TypeReference<>() {};

    private static final String COLUMNS = "id, policy::text as policy, starts_at, position, token, page_since";

    private final DatabaseClient database;
    private final LeaseHeartbeat heartbeat = new LeaseHeartbeat("a policy", LEASE);

    AdoptedPolicies(DatabaseClient database) {
        this.database = database;
    }

    /** Taken on from a moment; false: it was before. */
    public Mono<Boolean> add(UUID id, String policy, Instant startsAt, String operator) {
        return database.sql("""
                        insert into adopted_policies (id, policy, starts_at, adopted_by)
                        values (:id, cast(:policy as jsonb), :startsAt, :operator) on conflict do nothing
                        """)
                .bind("id", id)
                .bind("policy", policy)
                .bind("startsAt", startsAt)
                .bind("operator", operator)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** In the order in which they begin. */
    Flux<AdoptedPolicy> all() {
        return database.sql("select " + COLUMNS + " from adopted_policies order by starts_at, created_at, id")
                .map(AdoptedPolicies::read)
                .all();
    }

    /** One that has begun and is not followed to the end, for this instance alone until its lease runs out. */
    public Mono<AdoptedPolicy> claim(Instant now) {
        return database.sql("""
                        update adopted_policies set token = token + 1, lease_until = now() + make_interval(secs => :lease),
                            page_since = coalesce(page_since, now())
                        where id = (select id from adopted_policies
                                    where walked_at is null and starts_at <= :now and lease_until <= now()
                                    order by starts_at, created_at limit 1 for update skip locked)
                        returning %s
                        """.formatted(COLUMNS))
                .bind("lease", heartbeat.seconds())
                .bind("now", now)
                .map(AdoptedPolicies::read)
                .one();
    }

    /** Work on a page, for as long as the policy is ours: it ends with {@link LeaseLost} where another has taken over. */
    public <T> Mono<T> during(AdoptedPolicy walked, Mono<T> page) {
        return heartbeat.during(renew(walked), page);
    }

    private Mono<Boolean> renew(AdoptedPolicy walked) {
        return database.sql("update adopted_policies set lease_until = now() + make_interval(secs => :lease)"
                        + " where id = :id and token = :token")
                .bind("lease", heartbeat.seconds())
                .bind("id", walked.id())
                .bind("token", walked.token())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /**
     * First in a transaction of the walk: whoever woke up late may not know of later policies. A transaction that freezes behind
     * it is ended by PostgreSQL before the lease is (idle_in_transaction_session_timeout, 5 s).
     */
    public Mono<Void> checkHeld(AdoptedPolicy walked) {
        return database.sql("select token from adopted_policies where id = :id and token = :token")
                .bind("id", walked.id())
                .bind("token", walked.token())
                .fetch()
                .one()
                .switchIfEmpty(Mono.error(() -> new LeaseLost("policy " + walked.id())))
                .then();
    }

    /** All up to a subscription have theirs; nothing where another instance has taken over. */
    public Mono<Void> advance(AdoptedPolicy walked, UUID position, boolean isOver) {
        return database.sql("""
                        update adopted_policies set position = :position, token = token + 1, lease_until = now(), page_since = null,
                            walked_at = case when :over then now() end
                        where id = :id and token = :token
                        """)
                .bind("position", position)
                .bind("over", isOver)
                .bind("id", walked.id())
                .bind("token", walked.token())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Where it stands, for whoever comes next. */
    public Mono<Void> release(AdoptedPolicy walked) {
        return database.sql(
                        "update adopted_policies set token = token + 1, lease_until = now() where id = :id and token = :token")
                .bind("id", walked.id())
                .bind("token", walked.token())
                .fetch()
                .rowsUpdated()
                .then();
    }

    private static AdoptedPolicy read(Readable row) {
        UUID id = Column.present(row, "id", UUID.class);
        return new AdoptedPolicy(
                id,
                policy(id, Column.present(row, "policy", String.class)),
                Column.present(row, "starts_at", Instant.class),
                Column.present(row, "position", UUID.class),
                Column.present(row, "token", Long.class),
                row.get("page_since", Instant.class));
    }

    /** It was checked when it was stored. */
    private static DunningAccessPolicy policy(UUID id, String json) {
        return DunningPolicyReader.read(JSON.readValue(json, STATES))
                .policy()
                .orElseThrow(() -> new IllegalStateException("policy " + id + " cannot be read"));
    }
}
