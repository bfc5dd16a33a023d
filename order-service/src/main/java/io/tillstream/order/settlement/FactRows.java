package io.tillstream.order.settlement;

import io.tillstream.stripeevents.DisputeFact;
import io.tillstream.stripeevents.IntentFact;
import io.tillstream.stripeevents.RefundFact;
import io.tillstream.stripeevents.SessionFact;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The tables of facts, and of which Stripe object belongs to which order. */
@Repository
class FactRows {

    private static final String SAVE = """
            insert into order_facts (object_id, order_id, kind, fact, updated_at)
            values (:objectId, :orderId, :kind, cast(:fact as jsonb), :now)
            on conflict (object_id) do update set fact = excluded.fact, updated_at = excluded.updated_at
            """;

    private final DatabaseClient database;
    private final Clock clock;
    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // an older release may read a newer one's rows
            .build();

    FactRows(DatabaseClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    private enum Kind {
        INTENT,
        SESSION,
        REFUND,
        DISPUTE
    }

    private record Row(Kind kind, String id, Object fact) {}

    Mono<OrderFacts> of(UUID orderId) {
        return database.sql("select object_id, kind, fact::text as fact from order_facts where order_id = :orderId")
                .bind("orderId", orderId)
                .map(row -> read(
                        Kind.valueOf(Objects.requireNonNull(row.get("kind", String.class))),
                        Objects.requireNonNull(row.get("object_id", String.class)),
                        Objects.requireNonNull(row.get("fact", String.class))))
                .all()
                .collectList()
                .map(FactRows::facts);
    }

    /** Writes what differs; emits the ids of objects that are known to be this order's only from now on. */
    Mono<List<String>> save(UUID orderId, OrderFacts before, OrderFacts after) {
        Set<Row> changed = new LinkedHashSet<>(rows(after));
        rows(before).forEach(changed::remove);
        Set<String> links = new LinkedHashSet<>(links(after));
        links(before).forEach(links::remove);
        return Flux.fromIterable(changed)
                .concatMap(row -> save(orderId, row))
                .thenMany(Flux.fromIterable(links))
                .concatMap(id -> link(orderId, id).thenReturn(id))
                .collectList();
    }

    /** The order to which any of these Stripe objects belongs. */
    Mono<UUID> orderOf(List<String> objectIds) {
        return database.sql("select order_id from stripe_objects where object_id = any(:ids) limit 1")
                .bind("ids", objectIds.toArray(String[]::new))
                .map(row -> Objects.requireNonNull(row.get("order_id", UUID.class)))
                .one();
    }

    private Mono<Void> save(UUID orderId, Row row) {
        return database.sql(SAVE)
                .bind("objectId", row.id())
                .bind("orderId", orderId)
                .bind("kind", row.kind().name())
                .bind("fact", json.writeValueAsString(row.fact()))
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    private Mono<Void> link(UUID orderId, String objectId) {
        return database.sql(
                        "insert into stripe_objects (object_id, order_id) values (:id, :orderId) on conflict do nothing")
                .bind("id", objectId)
                .bind("orderId", orderId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private Row read(Kind kind, String id, String fact) {
        Object read =
                switch (kind) {
                    case INTENT -> json.readValue(fact, IntentFact.class);
                    case SESSION -> json.readValue(fact, SessionFact.class);
                    case REFUND -> json.readValue(fact, RefundFact.class);
                    case DISPUTE -> json.readValue(fact, DisputeFact.class);
                };
        return new Row(kind, id, read);
    }

    private static OrderFacts facts(List<Row> rows) {
        return new OrderFacts(
                of(Kind.INTENT, IntentFact.class, rows),
                of(Kind.SESSION, SessionFact.class, rows),
                of(Kind.REFUND, RefundFact.class, rows),
                of(Kind.DISPUTE, DisputeFact.class, rows));
    }

    private static <T> Map<String, T> of(Kind kind, Class<T> type, List<Row> rows) {
        Map<String, T> found = new TreeMap<>();
        rows.stream().filter(row -> row.kind() == kind).forEach(row -> found.put(row.id(), type.cast(row.fact())));
        return found;
    }

    private static List<Row> rows(OrderFacts facts) {
        List<Row> rows = new ArrayList<>();
        facts.intents().forEach((id, fact) -> rows.add(new Row(Kind.INTENT, id, fact)));
        facts.sessions().forEach((id, fact) -> rows.add(new Row(Kind.SESSION, id, fact)));
        facts.refunds().forEach((id, fact) -> rows.add(new Row(Kind.REFUND, id, fact)));
        facts.disputes().forEach((id, fact) -> rows.add(new Row(Kind.DISPUTE, id, fact)));
        return rows;
    }

    /** Refunds and disputes name an intent or a charge, so both lead to the order. */
    private static List<String> links(OrderFacts facts) {
        Stream<@Nullable String> intents =
                facts.intents().values().stream().flatMap(intent -> Stream.of(intent.id(), intent.chargeId()));
        Stream<@Nullable String> sessions =
                facts.sessions().values().stream().flatMap(session -> Stream.of(session.id(), session.intentId()));
        List<String> links = new ArrayList<>();
        Stream.concat(intents, sessions).forEach(id -> {
            if (id != null) {
                links.add(id);
            }
        });
        return links;
    }
}
