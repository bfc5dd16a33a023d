package io.tillstream.subscription.subscription;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.subscription.sql.Column;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Why a subscription is in its state: its moves, and the calls and events around them. */
@Repository
public class Timeline {

    /** Above what years of an honest subscription collect; of what came around its moves the newest are shown, and each move. */
    private static final int SHOWN = 500;

    // Ordered as the index of one's lines is: by id alone the planner may walk everybody's, once one has many.
    private static final String ALL = """
            select at, 'move' as kind, cause_kind as what, cause_id as ref, to_status as outcome,
                   from_status as why, version, 0 as id
            from subscription_history where subscription_id = :subscriptionId
            union all
            select * from (
                select at, kind, what, ref, outcome, why, null::integer as version, id
                from subscription_timeline where subscription_id = :subscriptionId
                order by subscription_id desc, id desc limit :shown
            ) newest
            order by at, version nulls last, id
            """;

    private final DatabaseClient database;
    private final Clock clock;

    Timeline(DatabaseClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * One line.
     *
     * @param kind move, call, event or policy
     * @param what for a move the kind of its cause, else the call or the event's type
     * @param ref id of event, call, request or policy
     * @param outcome for a move the new status, for a policy what may be used under it
     * @param why for a move the old status, for a policy what could be used before
     */
    @Schema(name = "SubscriptionTimelineEntry")
    public record Entry(
            Instant at,

            @Schema(
                    example = "move",
                    allowableValues = {"call", "event", "move", "policy"})
            String kind,

            @Schema(example = "customer.subscription.updated")
            String what,

            @Schema(example = "evt_3SbCdEfGhIjKlMnO") @Nullable
            String ref,

            @Schema(example = "ACTIVE") String outcome,

            @Schema(example = "TRIALING") @Nullable String why,

            @Nullable Integer version) {}

    /** A move, in the transaction that makes it. */
    public Mono<Void> moved(
            UUID subscriptionId, int version, @Nullable SubscriptionStatus from, SubscriptionStatus to, Cause cause) {
        return database.sql("""
                        insert into subscription_history
                            (subscription_id, version, from_status, to_status, cause_kind, cause_id, at)
                        values (:subscriptionId, :version, :from, :to, :causeKind, :causeId, :at)
                        """)
                .bind("subscriptionId", subscriptionId)
                .bind("version", version)
                .bind("from", Column.of(from == null ? null : from.text(), String.class))
                .bind("to", to.text())
                .bind("causeKind", cause.kind())
                .bind("causeId", cause.id())
                .bind("at", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** What came of an event, an answer or a question. */
    public Mono<Void> told(UUID subscriptionId, Cause cause, String outcome, @Nullable String why) {
        return add(subscriptionId, cause.isEvent() ? "event" : "call", cause.what(), cause.id(), outcome, why);
    }

    /** A call that was made. */
    public Mono<Void> called(
            UUID subscriptionId, String what, @Nullable String ref, String outcome, @Nullable String why) {
        return add(subscriptionId, "call", what, ref, outcome, why);
    }

    /** Another dunning policy is in force and leaves something else of it: told once. */
    public Mono<Void> adopted(UUID subscriptionId, UUID policy, String after, String before) {
        return database.sql("""
                        insert into subscription_timeline (subscription_id, at, kind, what, ref, outcome, why)
                        select :subscriptionId, :at, 'policy', 'policy.adopted', :policy, :after, :before
                        where not exists (select 1 from subscription_timeline
                                          where subscription_id = :subscriptionId and kind = 'policy' and ref = :policy)
                        """)
                .bind("subscriptionId", subscriptionId)
                .bind("at", clock.instant())
                .bind("policy", policy.toString())
                .bind("after", after)
                .bind("before", before)
                .fetch()
                .rowsUpdated()
                .then();
    }

    public Flux<Entry> of(UUID subscriptionId) {
        return database.sql(ALL)
                .bind("subscriptionId", subscriptionId)
                .bind("shown", SHOWN)
                .map(row -> new Entry(
                        Objects.requireNonNull(row.get("at", Instant.class)),
                        Objects.requireNonNull(row.get("kind", String.class)),
                        Objects.requireNonNull(row.get("what", String.class)),
                        row.get("ref", String.class),
                        Objects.requireNonNull(row.get("outcome", String.class)),
                        row.get("why", String.class),
                        row.get("version", Integer.class)))
                .all();
    }

    private Mono<Void> add(
            UUID subscriptionId, String kind, String what, @Nullable String ref, String outcome, @Nullable String why) {
        return database.sql("""
                        insert into subscription_timeline (subscription_id, at, kind, what, ref, outcome, why)
                        values (:subscriptionId, :at, :kind, :what, :ref, :outcome, :why)
                        """)
                .bind("subscriptionId", subscriptionId)
                .bind("at", clock.instant())
                .bind("kind", kind)
                .bind("what", what)
                .bind("ref", Column.of(ref, String.class))
                .bind("outcome", outcome)
                .bind("why", Column.of(why, String.class))
                .fetch()
                .rowsUpdated()
                .then();
    }
}
