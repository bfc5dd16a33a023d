package io.tillstream.delivery;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.tillstream.events.DomainEvent;
import java.util.HexFormat;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;
import tools.jackson.databind.json.JsonMapper;

/** Domain events on their way out: a row in the transaction of the change, sent by {@link OutboxRelay}. */
public final class Outbox {

    /** Relays of several instances share the work by shard; never changed, or an aggregate would change its shard. */
    static final int SHARDS = 8;

    private static final String INSERT = """
            insert into outbox (id, shard, topic, aggregate_id, type, payload, traceparent)
            values (:id, :shard, :topic, :aggregateId, :type, :payload, :traceparent)
            """;

    private final DatabaseClient database;
    private final JsonMapper json = JsonMapper.builder()
            .changeDefaultPropertyInclusion(
                    all -> all.withValueInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
            .build();

    public Outbox(DatabaseClient database) {
        this.database = database;
    }

    /** Adds an event to the transaction in which this runs. */
    public Mono<Void> append(DomainEvent event) {
        return Mono.deferContextual(context -> database.sql(INSERT)
                .bind("id", UUID.randomUUID())
                .bind("shard", (short) Math.floorMod(event.aggregateId().hashCode(), SHARDS))
                .bind("topic", event.topic())
                .bind("aggregateId", event.aggregateId())
                .bind("type", event.type())
                .bind("payload", json.writeValueAsString(event))
                .bind("traceparent", traceparent(context))
                .fetch()
                .rowsUpdated()
                .then());
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
