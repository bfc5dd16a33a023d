package io.tillstream.order.settlement;

import io.tillstream.order.payment.PaymentAttempt;
import io.tillstream.sql.Write;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.DisputeState;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.RefundState;
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
import reactor.core.publisher.Mono;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tables of facts, and of which Stripe object belongs to which order. */
@Repository
class StripeObjectStates {

    private static final String KNOWN = """
            select coalesce((
                    select json_agg(json_build_object('id', object_id, 'kind', kind, 'fact', fact))
                    from order_facts where order_id = :orderId), '[]')::text as facts,
                coalesce((
                    select json_agg(json_build_object('id', id, 'orderId', order_id, 'method', method, 'state', state,
                            'paymentId', payment_id, 'paymentIntent', payment_intent, 'failureCode', failure_code,
                            'declineCode', decline_code, 'failureMessage', failure_message, 'retryable', retryable,
                            'asks', asks) order by created_at desc)
                    from (select * from order_payments where order_id = :orderId
                          order by state in ('ASKED', 'PROCESSING') desc, created_at desc limit 100) newest), '[]')::text as tries
            """;

    private static final String SAVE = """
            insert into order_facts (object_id, order_id, kind, fact, updated_at)
            select id, :orderId, kind, cast(fact as jsonb), :now
            from unnest(cast(:ids as text[]), cast(:kinds as text[]), cast(:facts as text[])) as told (id, kind, fact)
            on conflict (object_id) do update set fact = excluded.fact, updated_at = excluded.updated_at
            """;

    private static final String LINK = """
            insert into stripe_objects (object_id, order_id)
            select id, :orderId from unnest(cast(:ids as text[])) as told (id)
            on conflict do nothing
            """;

    private final DatabaseClient database;
    private final Clock clock;
    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // an older release may read a newer one's rows
            .build();

    StripeObjectStates(DatabaseClient database, Clock clock) {
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

    /** What is known of an order beside its row, as of one moment. */
    record Known(OrderStripeState facts, List<PaymentAttempt> tries) {}

    /** Facts and tries of an order; after its row is locked nobody else changes them. */
    Mono<Known> known(UUID orderId) {
        return database.sql(KNOWN)
                .bind("orderId", orderId)
                .map(row -> new Known(
                        facts(Stream.of(json.readValue(
                                        Objects.requireNonNull(row.get("facts", String.class)), StoredFact[].class))
                                .map(stored -> read(stored.kind(), stored.id(), stored.fact()))
                                .toList()),
                        List.of(json.readValue(
                                Objects.requireNonNull(row.get("tries", String.class)), PaymentAttempt[].class))))
                .one();
    }

    private record StoredFact(String id, Kind kind, JsonNode fact) {}

    /** The objects at Stripe that are known to be the order's only from now on. */
    static List<String> newObjects(OrderStripeState before, OrderStripeState after) {
        Set<String> links = new LinkedHashSet<>(links(after));
        links(before).forEach(links::remove);
        return List.copyOf(links);
    }

    /** What differs, to be written with the rest. */
    List<Write> save(UUID orderId, OrderStripeState before, OrderStripeState after) {
        Set<Row> changed = new LinkedHashSet<>(rows(after));
        rows(before).forEach(changed::remove);
        List<String> links = newObjects(before, after);
        List<Write> writes = new ArrayList<>();
        if (!changed.isEmpty()) {
            writes.add(Write.of(SAVE)
                    .bind("orderId", orderId)
                    .bind("ids", changed.stream().map(Row::id).toArray(String[]::new))
                    .bind(
                            "kinds",
                            changed.stream().map(row -> row.kind().name()).toArray(String[]::new))
                    .bind(
                            "facts",
                            changed.stream()
                                    .map(row -> json.writeValueAsString(row.fact()))
                                    .toArray(String[]::new))
                    .bind("now", clock.instant()));
        }
        if (!links.isEmpty()) {
            writes.add(Write.of(LINK).bind("orderId", orderId).bind("ids", links.toArray(String[]::new)));
        }
        return writes;
    }

    /** The order to which any of these Stripe objects belongs. */
    Mono<UUID> orderOf(List<String> objectIds) {
        return database.sql("select order_id from stripe_objects where object_id = any(:ids) limit 1")
                .bind("ids", objectIds.toArray(String[]::new))
                .map(row -> Objects.requireNonNull(row.get("order_id", UUID.class)))
                .one();
    }

    private Row read(Kind kind, String id, JsonNode fact) {
        Object read =
                switch (kind) {
                    case INTENT -> json.treeToValue(fact, PaymentIntentState.class);
                    case SESSION -> json.treeToValue(fact, CheckoutSessionState.class);
                    case REFUND -> json.treeToValue(fact, RefundState.class);
                    case DISPUTE -> json.treeToValue(fact, DisputeState.class);
                };
        return new Row(kind, id, read);
    }

    private static OrderStripeState facts(List<Row> rows) {
        return new OrderStripeState(
                of(Kind.INTENT, PaymentIntentState.class, rows),
                of(Kind.SESSION, CheckoutSessionState.class, rows),
                of(Kind.REFUND, RefundState.class, rows),
                of(Kind.DISPUTE, DisputeState.class, rows));
    }

    private static <T> Map<String, T> of(Kind kind, Class<T> type, List<Row> rows) {
        Map<String, T> found = new TreeMap<>();
        rows.stream().filter(row -> row.kind() == kind).forEach(row -> found.put(row.id(), type.cast(row.fact())));
        return found;
    }

    private static List<Row> rows(OrderStripeState facts) {
        List<Row> rows = new ArrayList<>();
        facts.intents().forEach((id, fact) -> rows.add(new Row(Kind.INTENT, id, fact)));
        facts.sessions().forEach((id, fact) -> rows.add(new Row(Kind.SESSION, id, fact)));
        facts.refunds().forEach((id, fact) -> rows.add(new Row(Kind.REFUND, id, fact)));
        facts.disputes().forEach((id, fact) -> rows.add(new Row(Kind.DISPUTE, id, fact)));
        return rows;
    }

    /** Refunds and disputes name an intent or a charge, so both lead to the order. */
    private static List<String> links(OrderStripeState facts) {
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
