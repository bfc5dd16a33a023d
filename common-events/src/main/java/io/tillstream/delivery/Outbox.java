package io.tillstream.delivery;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.tillstream.events.DomainEvent;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;
import tools.jackson.databind.json.JsonMapper;

/** Domain events on their way out: a row in the transaction of the change, sent by {@link OutboxRelay}. */
public final class Outbox {

    /** Relays of several instances share the work by shard; never changed, or an aggregate would change its shard. */
    static final int SHARDS = 8;

    /** In their order: what is numbered first is sent first. */
    private static final String INSERT = """
            insert into outbox (id, shard, topic, aggregate_id, type, payload, traceparent)
            select id, shard, topic, aggregate_id, type, payload, :traceparent
            from unnest(cast(:ids as uuid[]), cast(:shards as smallint[]), cast(:topics as text[]),
                    cast(:aggregates as text[]), cast(:types as text[]), cast(:payloads as text[]))
                with ordinality as event (id, shard, topic, aggregate_id, type, payload, place)
            order by place
            """;

    private final Writes writes;
    private final Runnable onCommitted;
    private final JsonMapper json = JsonMapper.builder()
            .changeDefaultPropertyInclusion(
                    all -> all.withValueInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
            .build();

    Outbox(Writes writes, Runnable onCommitted) {
        this.writes = writes;
        this.onCommitted = onCommitted;
    }

    /** Adds an event to the transaction in which this runs. */
    public Mono<Void> append(DomainEvent event) {
        return writes.send(write(List.of(event)));
    }

    /** Adds events, in their order, to what is written with them. */
    public Write write(List<? extends DomainEvent> events) {
        return Write.of(INSERT)
                .bind("ids", events.stream().map(event -> UUID.randomUUID()).toArray(UUID[]::new))
                .bind("shards", events.stream().map(Outbox::shard).toArray(Short[]::new))
                .bind("topics", events.stream().map(DomainEvent::topic).toArray(String[]::new))
                .bind(
                        "aggregates",
                        events.stream().map(DomainEvent::aggregateId).toArray(String[]::new))
                .bind("types", events.stream().map(DomainEvent::type).toArray(String[]::new))
                .bind("payloads", events.stream().map(json::writeValueAsString).toArray(String[]::new))
                .bindFrom("traceparent", Outbox::traceparent)
                .then((context, rows) -> Transactions.afterCommit(context, onCommitted));
    }

    private static Short shard(DomainEvent event) {
        return (short) Math.floorMod(event.aggregateId().hashCode(), SHARDS);
    }

    /**
     * The W3C trace context of the request or event that is being handled, whether its spans are kept or not; work that
     * began by itself begins a trace.
     *
     * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C: traceparent</a>
     */
    private static String traceparent(ContextView context) {
        Observation observation = context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
        TracingContext tracing =
                observation == null ? null : observation.getContextView().get(TracingContext.class);
        Span span = tracing == null ? null : tracing.getSpan();
        String traceId = span == null ? "" : span.context().traceId();
        if (span == null || traceId.isEmpty() || traceId.chars().allMatch(c -> c == '0')) {
            return "00-" + hex(UUID.randomUUID().getMostSignificantBits())
                    + hex(UUID.randomUUID().getMostSignificantBits()) + "-"
                    + hex(UUID.randomUUID().getMostSignificantBits()) + "-00";
        }
        String sampled = Boolean.TRUE.equals(span.context().sampled()) ? "01" : "00";
        return "00-" + traceId + "-" + span.context().spanId() + "-" + sampled;
    }

    private static String hex(long bits) {
        return HexFormat.of().toHexDigits(bits);
    }
}
