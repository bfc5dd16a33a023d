package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.local.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.jar.JarFile;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The example of a consumer, beside the stack: what it ships, and what it does not. */
class FulfilmentIT {
    private static final User FIDEL = new User("fidel"); // only here
    private static final String REPLAY = "replay.fulfilment";
    private static final String DEAD_LETTERS = "fulfilment.dlt";
    private static final String PAID = "io.tillstream.order.paid.v1";
    private static final String PLACED = "io.tillstream.order.placed.v1";
    private static final String REFUNDED = "io.tillstream.order.refunded.v1";
    private static final String DISPUTED = "io.tillstream.order.disputed.v1";
    private static final String DISPUTE_CLOSED = "io.tillstream.order.dispute_closed.v1";
    private static final String CUSTOMER_DELETED = "io.tillstream.customer.deleted.v1";
    private static final int BACKLOG = 4_000; // events: longer to apply than a paid order rests
    private static final int PARTITION = 0; // where what is planted stands, one behind the other
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Longer than two events of one poll take, so that the second can stop what the first begins. */
    private static final Duration SHIP_AFTER = Duration.ofSeconds(2);

    /** Large batches that wait until all are there: who reads them cannot be at their end while more are being made. */
    private static final Map<String, Object> ALL_AT_ONCE = Map.of("linger.ms", 60_000, "batch.size", 900_000);

    private static Fulfilment fulfilment;
    private static String refunded;

    /** It comes up when the shop has been open for a while: what was told before is still there to read. */
    @BeforeAll
    static void comesLater() throws IOException {
        refunded = FIDEL.buys();
        RefundsIT.refund(refunded, "{}").expect(201);
        FIDEL.seesStatus(refunded, "refunded");
        Quiet.await();
        Fulfilment.createDatabase();
        fulfilment = Fulfilment.start(SHIP_AFTER);
        await("its tables are there").atMost(PATIENCE).ignoreExceptions().until(() -> Fulfilment.texts(
                        "select 'yes' from shipments limit 1")
                .contains("yes"));
    }

    @AfterAll
    static void goes() {
        fulfilment.close();
    }

    @Test
    void itKnowsNothingOfOursButTheTopics() throws IOException {
        try (JarFile jar = new JarFile(Fulfilment.jar().toFile())) {
            assertThat(jar.stream().map(entry -> entry.getName().toLowerCase(java.util.Locale.ROOT)))
                    .anyMatch(name -> name.contains("/spring-kafka-"))
                    .noneMatch(name -> name.contains("tillstream") || name.matches(".*/common-[a-z]+-.*\\.jar"));
        }
    }

    @Test
    void whatIsPaidIsShippedOnceAndWhatWasRefundedBeforeIsNot() {
        String order = FIDEL.buys();

        awaitShipped(order);

        assertThat(Fulfilment.texts("select lines::text from shipments where order_id = ?", order))
                .singleElement()
                .asString()
                .contains(User.BOOK);
        assertThat(shipped(refunded))
                .as("refunded before it was shipped; it was due before the other")
                .containsExactly("no");
    }

    @Test
    void anEventThatComesTwiceShipsOnce() {
        String order = FIDEL.buys();
        awaitShipped(order);
        String first = shippedAt(order);
        Topic.Message paid = Topic.read(Topic.ORDERS, order).stream()
                .filter(message -> message.type().equals(PAID))
                .findFirst()
                .orElseThrow();

        plant(REPLAY, order, paid.headers(), paid.value());
        awaitShipped(plantPaid(REPLAY)); // behind it

        assertThat(shippedAt(order)).isEqualTo(first);
        assertThat(Fulfilment.texts("select event_id from inbox where event_id = ?", paid.header("ce_id")))
                .hasSize(1);
    }

    @Test
    void whatNobodyCanReadIsADeadLetterAndTheRestGoesOn() {
        String id = Topic.PLANTED + UUID.randomUUID();
        plant(REPLAY, "nobody", headers(id, "nobody"), "no JSON");

        awaitShipped(plantPaid(REPLAY)); // behind it, on its partition

        await().atMost(PATIENCE).until(() -> Topic.read(DEAD_LETTERS).stream()
                .anyMatch(letter ->
                        letter.header("ce_id").equals(id) && letter.value().equals("no JSON")));
        assertThat(Fulfilment.texts("select event_id from inbox where event_id = ?", id))
                .isEmpty();
    }

    @Test
    void aDeadLetterWhoseCauseIsMendedIsAppliedAndOneThatFailsAgainStays() throws Exception {
        String bad = Topic.PLANTED + UUID.randomUUID();
        plant(DEAD_LETTERS, "nobody", headers(bad, "nobody"), "no JSON");
        String mended = plantPaid(DEAD_LETTERS);

        try (Fulfilment again = Fulfilment.start(SHIP_AFTER, "--spring.profiles.active=dead-letters")) {
            again.awaitEnd();
        }

        awaitShipped(mended);
        assertThat(Topic.read(DEAD_LETTERS).stream()
                        .filter(letter -> letter.header("ce_id").equals(bad)))
                .hasSize(2);
    }

    /** As after a database that came back from a backup: the order and its events are not known any more. */
    @Test
    void whatIsReplayedShipsNothingTwiceAndWhatWasLostOnce() {
        String kept = FIDEL.buys();
        String lost = FIDEL.buys();
        awaitShipped(kept);
        awaitShipped(lost);
        String first = shippedAt(kept);
        Fulfilment.run("delete from inbox where event_id in ('" + String.join("', '", ids(lost)) + "')");
        Fulfilment.run("delete from shipments where order_id = '" + lost + "'");
        Answer counted = replay(lost, ", \"dryRun\": true").expect(200);
        assertThat(counted.text("/status")).isEqualTo("dry_run");
        assertThat(counted.json().path("events").asInt())
                .isEqualTo(Topic.read(Topic.ORDERS, lost).size());

        replayed(lost, counted.json().path("events").asInt());
        replayed(kept, Topic.read(Topic.ORDERS, kept).size());

        awaitShipped(lost);
        awaitShipped(plantPaid(REPLAY));
        assertThat(shippedAt(kept)).isEqualTo(first);
        List<Topic.Message> again = Topic.read(REPLAY, lost);
        assertThat(again).extracting(message -> message.header("ce_id")).containsExactlyElementsOf(ids(lost));
        assertThat(again)
                .allSatisfy(message -> assertThat(message.header("ce_replayid")).isNotEmpty());
    }

    /** As for a new group, or a long replay: the refund stands so far behind that the order is due before it is read. */
    @Test
    void whatIsRefundedFarBehindIsNotShippedWhileItCatchesUp() {
        String order = UUID.randomUUID().toString();
        String paid = headerId();
        String between = "{\"orderId\": \"%s\", \"disputeId\": \"dp_1\", \"outcome\": \"won\"}";
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        records.add(record(order, headers(paid, order), paidData(order, "nobody")));
        for (int i = 0; i < BACKLOG; i++) {
            String other = UUID.randomUUID().toString();
            records.add(record(other, headers(headerId(), other, DISPUTE_CLOSED), between.formatted(other)));
        }
        records.add(record(order, headers(headerId(), order, REFUNDED), "{\"orderId\": \"" + order + "\"}"));
        try (var producer = producer(ALL_AT_ONCE)) {
            records.forEach(producer::send);
        }

        awaitShipped(plantPaid(REPLAY)); // behind it

        assertThat(Fulfilment.texts("select event_id from inbox where event_id = ?", paid))
                .hasSize(1);
        assertThat(shipped(order)).containsExactly("no");
    }

    /** Its row is as an instance leaves it that ended in the call. */
    @Test
    void anOrderWhoseInstanceEndedInTheCallIsShippedByAnother() {
        String order = UUID.randomUUID().toString();
        Fulfilment.run("insert into shipments (order_id, user_id, lines, ship_at, shipping_until) values ('" + order
                + "', 'nobody', '[]', now() - interval '1 minute', now() + interval '5 seconds')");

        awaitShipped(order);

        assertThat(Fulfilment.texts(
                        "select (shipped_at > ship_at + interval '65 seconds')::text from shipments where order_id = ?",
                        order))
                .as("not while it may still be in the call")
                .containsExactly("true");
    }

    /** Two topics have no order in common: the deletion is read before the order was. */
    @Test
    void whatADeletedUserOrderedHasNoAddressAndIsNotSentWhicheverIsReadFirst() {
        String order = UUID.randomUUID().toString();
        String user = Topic.PLANTED + UUID.randomUUID();
        plant(REPLAY, order, headers(headerId(), user, CUSTOMER_DELETED), """
                {"userId": "%s", "deletedAt": "2026-01-02T04:00:00Z"}\
                """.formatted(user));
        plant(REPLAY, order, headers(headerId(), order, PLACED), """
                {"orderId": "%s", "userId": "%s", "shippingAddress": {"name": "Lost"}}\
                """.formatted(order, user));
        plant(REPLAY, order, headers(headerId(), order), paidData(order, user));

        awaitShipped(plantPaid(REPLAY)); // behind it

        assertThat(Fulfilment.texts("select coalesce(address::text, 'none') from shipments where order_id = ?", order))
                .containsExactly("none");
        assertThat(shipped(order)).containsExactly("no");
    }

    @Test
    void oneOfTwoDisputesThatIsClosedLeavesTheOther() {
        String order = UUID.randomUUID().toString();
        String disputed = "{\"orderId\": \"%s\", \"disputeId\": \"%s\", \"outcome\": \"won\"}";
        plant(REPLAY, order, headers(headerId(), order, DISPUTED, "1"), disputed.formatted(order, "dp_1"));
        plant(REPLAY, order, headers(headerId(), order, DISPUTED, "2"), disputed.formatted(order, "dp_2"));
        plant(REPLAY, order, headers(headerId(), order, DISPUTE_CLOSED, "3"), disputed.formatted(order, "dp_2"));
        plant(REPLAY, order, headers(headerId(), order), paidData(order, "nobody"));

        awaitShipped(plantPaid(REPLAY)); // behind it
        assertThat(shipped(order)).containsExactly("no");

        plant(REPLAY, order, headers(headerId(), order, DISPUTE_CLOSED, "4"), disputed.formatted(order, "dp_1"));
        awaitShipped(order);
    }

    /** As events are that were told before there were any. */
    @Test
    void anEventWithoutASequenceIsAppliedAndOlderThanAnyOther() {
        String order = UUID.randomUUID().toString();
        String disputed = "{\"orderId\": \"%s\", \"disputeId\": \"dp_1\", \"outcome\": \"won\"}".formatted(order);
        plant(REPLAY, order, headers(headerId(), order, DISPUTE_CLOSED, "1"), disputed);
        Map<String, String> old = new HashMap<>(headers(headerId(), order, DISPUTED));
        old.remove("ce_sequence");
        plant(REPLAY, order, old, disputed);
        Map<String, String> paid = new HashMap<>(headers(headerId(), order));
        paid.remove("ce_sequence");
        plant(REPLAY, order, paid, paidData(order, "nobody"));

        awaitShipped(order);

        assertThat(Fulfilment.texts("select event_id from inbox where event_id = ?", old.get("ce_id")))
                .hasSize(1);
    }

    @Test
    void onlyOperatorsReplayAndOnlyToTopicsOfReplays() {
        String path = "/api/admin/event-replays?service=orders";
        String body = """
                {"consumer": "%s", "eventTypes": ["%s"], "dryRun": true}\
                """;
        FIDEL.post(path, body.formatted("fulfilment", "order.paid")).expectProblem(403, "forbidden");
        for (String topic : List.of("", "Fulfilment", "a.b", "../orders.events", "-a", "1a", "a".repeat(51))) {
            OPERATOR.post(path, body.formatted(topic, "order.paid")).expectProblem(422, "validation-failed");
        }
        OPERATOR.post(path, body.formatted("fulfilment", "order.lost")).expectProblem(422, "validation-failed");
        OPERATOR.post(path, "{\"consumer\": \"fulfilment\"}").expectProblem(422, "validation-failed");
        for (String service : List.of("orders", "payments", "subscriptions")) {
            OPERATOR.post("/api/admin/event-replays?service=" + service, body.formatted("fulfilment", "invoice.paid"))
                    .expect(200);
            OPERATOR.get("/api/admin/event-replays/" + UUID.randomUUID() + "?service=" + service)
                    .expectProblem(404, "not-found");
        }
    }

    private static List<String> ids(String order) {
        return Topic.read(Topic.ORDERS, order).stream()
                .map(message -> message.header("ce_id"))
                .toList();
    }

    private static Answer replay(String order, String more) {
        return OPERATOR.post("/api/admin/event-replays?service=orders", """
                {"consumer": "fulfilment", "aggregateId": "%s"%s}\
                """.formatted(order, more));
    }

    private static void replayed(String order, int events) {
        String id = replay(order, "").expect(202).id();
        await("replay " + id).atMost(PATIENCE).untilAsserted(() -> {
            Answer now = OPERATOR.get("/api/admin/event-replays/" + id + "?service=orders")
                    .expect(200);
            assertThat(now.text("/status")).isEqualTo("done");
            assertThat(now.json().path("sent").asInt()).isEqualTo(events);
        });
    }

    /** An order that only this consumer ever heard of: its id. */
    private static String plantPaid(String topic) {
        String order = UUID.randomUUID().toString();
        plant(topic, order, headers(headerId(), order), paidData(order, "nobody"));
        return order;
    }

    private static String paidData(String order, String user) {
        return """
                {"orderId": "%s", "userId": "%s", "lines": [{"productId": "%s", "quantity": 1}]}\
                """.formatted(order, user, User.BOOK);
    }

    private static String headerId() {
        return Topic.PLANTED + UUID.randomUUID();
    }

    private static Map<String, String> headers(String id, String order) {
        return headers(id, order, PAID);
    }

    private static Map<String, String> headers(String id, String subject, String type) {
        return headers(id, subject, type, "1");
    }

    private static Map<String, String> headers(String id, String subject, String type, String sequence) {
        return Map.of(
                "ce_specversion",
                "1.0",
                "ce_id",
                id,
                "ce_type",
                type,
                "ce_subject",
                subject,
                "ce_sequence",
                "0".repeat(18) + sequence,
                "ce_time",
                "2026-01-02T03:04:05Z");
    }

    private static void plant(String topic, String key, Map<String, String> headers, String value) {
        try (var producer = producer(Map.of())) {
            producer.send(record(topic, key, headers, value));
        }
    }

    private static ProducerRecord<String, byte[]> record(String key, Map<String, String> headers, String value) {
        return record(REPLAY, key, headers, value);
    }

    private static ProducerRecord<String, byte[]> record(
            String topic, String key, Map<String, String> headers, String value) {
        var record = new ProducerRecord<>(topic, PARTITION, key, value.getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private static KafkaProducer<String, byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", "127.0.0.1:" + Stack.tillstream().port(Part.KAFKA));
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    private static void awaitShipped(String order) {
        await("order " + order + " is shipped")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> shipped(order).equals(List.of("yes")));
    }

    private static List<String> shipped(String order) {
        return Fulfilment.texts(
                "select case when shipped_at is null then 'no' else 'yes' end from shipments where order_id = ?",
                order);
    }

    private static String shippedAt(String order) {
        return Fulfilment.texts("select shipped_at::text from shipments where order_id = ?", order)
                .get(0);
    }
}
