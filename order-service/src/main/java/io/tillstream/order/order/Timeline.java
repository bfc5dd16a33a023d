package io.tillstream.order.order;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.sql.Write;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;

/** Why an order is in its state: its moves, and the calls and events around them. */
@Repository
public class Timeline {

    /** Above anything an honest order collects; of what came around its moves the newest are shown, and each move. */
    private static final int SHOWN = 500;

    // Ordered as the index of one order's lines is: by id alone the planner may walk everybody's, once one order has
    // many.
    private static final String ALL = """
            select at, 'move' as kind, cause_kind as what, cause_id as ref, to_status as outcome,
                   from_status as why, version, 0 as id
            from order_history where order_id = :orderId
            union all
            select * from (
                select at, kind, what, ref, outcome, why, null::integer as version, id
                from order_timeline where order_id = :orderId
                order by order_id desc, id desc limit :shown
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
     * @param kind move, call or event
     * @param what for a move the kind of its cause, else the call or the event's type
     * @param ref id of event or attempt
     * @param outcome for a move the new status
     * @param why for a move the old status
     */
    @Schema(name = "OrderTimelineEntry")
    public record Entry(
            Instant at,

            @Schema(
                    example = "move",
                    allowableValues = {"call", "event", "move"})
            String kind,

            @Schema(example = "event") String what,

            @Schema(example = "evt_3SbCdEfGhIjKlMnO") @Nullable
            String ref,

            @Schema(example = "PAID") String outcome,

            @Schema(example = "AWAITING_PAYMENT") @Nullable String why,

            @Schema(example = "3") @Nullable Integer version) {}

    /** A move, written with what makes it. */
    public Write moved(UUID orderId, int version, @Nullable OrderStatus from, OrderStatus to, Cause cause) {
        return Write.of("""
                        insert into order_history (order_id, version, from_status, to_status, cause_kind, cause_id, at)
                        values (:orderId, :version, :from, :to, :causeKind, :causeId, :at)
                        """)
                .bind("orderId", orderId)
                .bind("version", version)
                .bind("from", from == null ? null : from.name(), String.class)
                .bind("to", to.name())
                .bind("causeKind", cause.kind())
                .bind("causeId", cause.id())
                .bind("at", clock.instant());
    }

    /** A call that was made, or a question that was asked. */
    public Write called(UUID orderId, String what, @Nullable String ref, String outcome, @Nullable String why) {
        return add(orderId, "call", what, ref, outcome, why);
    }

    /** The same, once: what is sent again with the same key is no news. */
    public Write calledOnce(UUID orderId, String what, String ref, String outcome, @Nullable String why) {
        return Write.of("""
                        insert into order_timeline (order_id, at, kind, what, ref, outcome, why)
                        select :orderId, :at, 'call', :what, :ref, :outcome, :why
                        where not exists (
                            select 1 from order_timeline where order_id = :orderId and kind = 'call' and what = :what
                              and ref = :ref and outcome = :outcome and why is not distinct from :why)
                        """)
                .bind("orderId", orderId)
                .bind("at", clock.instant())
                .bind("what", what)
                .bind("ref", ref)
                .bind("outcome", outcome)
                .bind("why", why, String.class);
    }

    /** An event that came. */
    public Write told(UUID orderId, Cause event, String outcome, @Nullable String why) {
        String kind = event.kind().equals("stripe_event") ? "event" : "call";
        return add(orderId, kind, event.what(), event.id(), outcome, why);
    }

    public Flux<Entry> of(UUID orderId) {
        return database.sql(ALL)
                .bind("orderId", orderId)
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

    private Write add(
            UUID orderId, String kind, String what, @Nullable String ref, String outcome, @Nullable String why) {
        return Write.of("""
                        insert into order_timeline (order_id, at, kind, what, ref, outcome, why)
                        values (:orderId, :at, :kind, :what, :ref, :outcome, :why)
                        """)
                .bind("orderId", orderId)
                .bind("at", clock.instant())
                .bind("kind", kind)
                .bind("what", what)
                .bind("ref", ref, String.class)
                .bind("outcome", outcome)
                .bind("why", why, String.class);
    }
}
