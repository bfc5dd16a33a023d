package io.tillstream.order.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.FakePaymentService;
import io.tillstream.order.RunningService;
import io.tillstream.testing.DatabaseTextSearch;
import io.tillstream.testing.TestKafka;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who is deleted leaves neither name nor street behind, and what they order afterwards is new. */
class CustomerDeletedHandlerIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration HELD_UP = Duration.ofMinutes(2); // three tries, each until its statement is ended
    private static final Duration BEFORE_ANY_REST =
            Duration.ofSeconds(25); // a cancel that a request began waits for 30 s
    private static final String DELETED = "customer.deleted";

    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final String user = "leaver-" + mark;
    private final String name = "Zenobia" + mark;
    private final String street = "Quince" + mark;

    private String ordered() {
        return ordered(name, street);
    }

    private String ordered(String to, String where) {
        return json(post(user, "/api/orders", body(to, where)).expectStatus().isCreated())
                .path("id")
                .asString();
    }

    private static String body(String to, String where) {
        return """
                {"items":[{"productId":"ten-dollars","quantity":2}],
                 "shippingAddress":{"name":"%s O'Hara","line1":"%s Lane 1","city":"Oxford","postalCode":"OX1","country":"GB"},
                 "payment":{"method":"card","paymentMethodId":"pm_card_visa"}}""".formatted(to, where);
    }

    private String deletion(Instant at) {
        return "{\"userId\":\"" + user + "\",\"deletedAt\":\"" + at + "\"}";
    }

    private void deleted(UUID id, Instant at) {
        paymentServiceTells(id, DELETED, user, deletion(at));
    }

    private void isApplied(UUID event) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(query("select event_id from inbox where event_id = '" + event + "'"))
                        .hasSize(1));
    }

    @Test
    void noTableHoldsNameOrStreetAfterADeletion() {
        String order = ordered();
        assertThat(DatabaseTextSearch.with(DATABASE, name, street))
                .contains("orders.shipping_address", "outbox.payload");
        JsonNode before = order(user, order);
        assertThat(before.at("/shippingAddress/name").asString()).startsWith(name);
        UUID event = UUID.randomUUID();

        deleted(event, Instant.now());
        isApplied(event);

        assertThat(DatabaseTextSearch.with(DATABASE, name, street)).isEmpty();
        JsonNode after = order(user, order);
        assertThat(after.has("shippingAddress")
                        && !after.path("shippingAddress").isNull())
                .isFalse();
        assertThat(after.path("status")).isEqualTo(before.path("status"));
        assertThat(after.path("total")).isEqualTo(before.path("total"));
        assertThat(after.path("items")).isEqualTo(before.path("items"));
    }

    @Test
    void whatIsOrderedAfterwardsIsNewHoweverLateAndOftenTheNewsComes() {
        String old = ordered();
        Instant then = Instant.now();
        String fresh = ordered("Anew" + mark, "Other" + mark);
        UUID event = UUID.randomUUID();

        deleted(event, then);
        deleted(event, then);
        isApplied(event);
        UUID again = UUID.randomUUID();
        deleted(again, then);
        isApplied(again);

        assertThat(DatabaseTextSearch.with(DATABASE, name, street)).isEmpty();
        assertThat(order(user, old).path("shippingAddress").path("name").asString(""))
                .isEmpty();
        assertThat(order(user, fresh).at("/shippingAddress/name").asString()).startsWith("Anew" + mark);
    }

    @Test
    void anOrderThatWasOnItsWayThenIsNotPlacedAndLeavesNothing() {
        UUID event = UUID.randomUUID();
        Instant wish = Instant.now().plusSeconds(600); // what is ordered now began before it
        deleted(event, wish);
        isApplied(event);

        post(user, "/api/orders", body(name, street))
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("customer-deleted");

        assertThat(DatabaseTextSearch.with(DATABASE, name, street)).isEmpty();
        assertThat(query("select id from orders where user_id = '" + user + "'"))
                .isEmpty();
        execute("update departed_customers set until = now() - interval '1 second' where user_id = '" + user
                + "'"); // as if it had passed
        ordered("Anew" + mark, street);
    }

    @Test
    void aDeletionWaitsForTheOrderThatIsBeingStored() throws Exception {
        UUID event = UUID.randomUUID();
        try (Connection storing = DATABASE.connect();
                Statement statement = storing.createStatement()) {
            storing.setAutoCommit(false);
            statement.execute("""
                    insert into orders (id, user_id, status, version, amount, currency, lines, shipping_address, created_at,
                        updated_at)
                    values ('%s', '%s', 'AWAITING_PAYMENT', 1, 1, 'usd', '[]', '{"name": "%s"}', now(), now())
                    """.formatted(UUID.randomUUID(), user, name));
            deleted(event, Instant.now());
            await().atMost(SOON)
                    .until(() -> !query("select pid from pg_locks where locktype = 'advisory' and not granted and"
                                    + " database = (select oid from pg_database where datname = current_database())")
                            .isEmpty());
            storing.commit();
        }
        isApplied(event);
        assertThat(DatabaseTextSearch.with(DATABASE, name)).isEmpty();
    }

    /** Nobody else's name stays for it, and theirs goes as soon as that can be done. */
    @Test
    void aDeletionThatTheDatabaseHoldsUpStepsAsideForItsUserAlone() throws Exception {
        ordered();
        UUID event = UUID.randomUUID();
        try (Connection storing = DATABASE.connect();
                Statement statement = storing.createStatement()) {
            storing.setAutoCommit(false);
            statement.execute("""
                    insert into orders (id, user_id, status, version, amount, currency, lines, shipping_address, created_at,
                        updated_at)
                    values ('%s', '%s', 'AWAITING_PAYMENT', 1, 1, 'usd', '[]', '{"name": "%s"}', now(), now())
                    """.formatted(UUID.randomUUID(), user, name));
            deleted(event, Instant.now());
            await().atMost(HELD_UP).until(() -> setAside() == 1);
            for (int partition = 0; partition < 8; partition++) { // one of them is the same
                UUID others = UUID.randomUUID();
                String other = "other-" + partition + mark;
                paymentServiceTells(
                        others, DELETED, other, deletion(Instant.now()).replace(user, other));
                isApplied(others);
            }
            assertThat(query("select event_id from inbox where event_id = '" + event + "'"))
                    .isEmpty();
            storing.commit();
        }
        await().atMost(HELD_UP).until(() -> setAside() == 0);

        isApplied(event);
        assertThat(DatabaseTextSearch.with(DATABASE, name, street)).isEmpty();
        assertThat(TestKafka.records(PREFIX + "payments.events.order-service.dlt"))
                .noneMatch(record -> user.equals(record.key()));
    }

    private int setAside() {
        return query("select record_key from set_aside_records where record_key = '" + user + "'")
                .size();
    }

    @Test
    void whatCouldStillBePaidIsCanceledForNobodyIsLeftToShipTo() {
        String order = placed(user);
        UUID event = UUID.randomUUID();
        deleted(event, Instant.now());
        isApplied(event);
        post(user, "/api/orders/" + order + "/payments", "{\"method\":\"token\",\"token\":\"tok_visa\"}")
                .expectStatus()
                .isEqualTo(409);

        becomesDue(order);

        isCanceled(order);
        assertThat(PAYMENTS.askedFor(order)).isEmpty();
    }

    /** payment-service hears of a deletion first: knowing no moment it would take money for what is canceled here a moment later. */
    @Test
    void paymentServiceIsToldWhenAnOrderWasPlacedThatItIsAskedToTakeMoneyFor() {
        String order = placed(user);
        Instant placed = Instant.parse(order(user, order).path("createdAt").asString());

        String payment = json(post(
                                user,
                                "/api/orders/" + order + "/payments",
                                "{\"method\":\"token\",\"token\":\"tok_visa\"}")
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();

        assertThat(PAYMENTS.orderedAt(payment)).isEqualTo(placed.toString());
    }

    /** A page of it that is open takes money for goods that nobody can be sent. */
    @Test
    void itsOpenPagesAreClosedWithTheDeletionAndNotHalfAMinuteLater() {
        String order = placed(user);
        deleted(UUID.randomUUID(), Instant.now());
        await().atMost(BEFORE_ANY_REST).until(() -> PAYMENTS.closeRequests(order) > 0);
        isCanceled(order);
    }

    private String awaitsTheBuyer() {
        return json(post(user, "/api/orders", body(name, street).replace("pm_card_visa", "pm_card_threeDSecure"))
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();
    }

    /** The buyer pays after the deletion, and payment-service cannot say yet whether it gives that back. */
    private String paidWhileNobodyKnows() {
        String order = awaitsTheBuyer();
        PAYMENTS.closesWith(order, FakePaymentService.CLOSES_NEVER);
        UUID event = UUID.randomUUID();
        deleted(event, Instant.now());
        isApplied(event);
        PAYMENTS.stripeSays(order, "succeeded");
        JsonNode no =
                json(post(user, "/api/orders/" + order + "/payments", "{\"method\":\"token\",\"token\":\"tok_visa\"}")
                        .expectStatus()
                        .isEqualTo(409));
        assertThat(no.path("code").asString()).isEqualTo("order-being-canceled");
        assertThat(order(user, order).path("status").asString()).isEqualTo("payment_processing");
        assertThat(toldAsPaid(order)).isEmpty();
        return order;
    }

    private void closes(String order, String end) {
        PAYMENTS.closesWith(order, end);
        execute("update orders set cancel_tried_at = null where id = '" + order + "'");
    }

    private java.util.List<String> toldAsPaid(String order) {
        return query("select type from outbox where aggregate_id = '" + order + "' and type like '%order.paid%'");
    }

    @Test
    void moneyThatComesAfterTheDeletionIsNotToldAsPaidForGoodsThatNobodyCanBeSent() {
        String order = paidWhileNobodyKnows();
        closes(order, "closed");
        isCanceled(order);
        assertThat(toldAsPaid(order)).isEmpty();
    }

    @Test
    void moneyThatCameBeforeTheDeletionIsNotLostWhateverCameFirstHere() {
        String order = paidWhileNobodyKnows();
        closes(order, "settled");
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(order(user, order).path("status").asString()).isEqualTo("paid"));
        assertThat(toldAsPaid(order)).hasSize(1);
        JsonNode no =
                json(post(user, "/api/orders/" + order + "/payments", "{\"method\":\"token\",\"token\":\"tok_visa\"}")
                        .expectStatus()
                        .isEqualTo(409));
        assertThat(no.path("code").asString()).isEqualTo("order-already-paid");
    }

    private String paid() {
        return json(post(user, "/api/orders", body(name, street)).expectStatus().isCreated())
                .path("id")
                .asString();
    }

    private void isConfirmed(String order) {
        await().atMost(SOON).until(() -> PAYMENTS.closeRequests(order) > 0);
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        query("select id::text from orders where cancel_requested_at is null and id = '" + order + "'"))
                .hasSize(1));
    }

    /** payment-service may hear of the deletion first, and holds the money until it is told whether it counts. */
    @Test
    void whatWasPaidWhenTheNewsCameStaysPaidAndPaymentServiceIsToldSo() {
        String order = paid();
        PAYMENTS.closesWith(order, "settled");
        Instant wish = Instant.now();

        deleted(UUID.randomUUID(), wish);
        isConfirmed(order);
        UUID again = UUID.randomUUID();
        deleted(again, wish);
        isApplied(again);

        assertThat(PAYMENTS.closeReasons(order)).containsExactly("");
        assertThat(order(user, order).path("status").asString()).isEqualTo("paid");
        assertThat(toldAsPaid(order)).hasSize(1);
        assertThat(query("select outcome from order_timeline where what = 'cancel' and order_id = '" + order + "'"))
                .isEmpty();
    }

    /** Else its money is held there for ever: neither theirs nor the shop's. */
    @Test
    void whatWasPaidIsToldUntilPaymentServiceCanSayThatItKnows() {
        String order = paid();
        PAYMENTS.closesWith(order, "processing");
        deleted(UUID.randomUUID(), Instant.now());
        await().atMost(SOON).until(() -> PAYMENTS.closeRequests(order) > 1);

        PAYMENTS.closesWith(order, "settled");
        execute("update orders set cancel_tried_at = null where id = '" + order + "'");

        isConfirmed(order);
        assertThat(order(user, order).path("status").asString()).isEqualTo("paid");
    }

    @Test
    void moneyIsGivenUpOnlyForAnOrderThatDoesNotCountIt() {
        String open = placed(user);
        String own = placed(user);
        post(user, "/api/orders/" + own + "/cancel", "{}").expectStatus().isOk();
        deleted(UUID.randomUUID(), Instant.now());
        isCanceled(open);

        assertThat(PAYMENTS.closeReasons(open)).containsOnly("customer_deleted");
        assertThat(PAYMENTS.closeReasons(own)).containsExactly("");
    }

    /** The answer of a card payment that Stripe took its time for comes after the news of the deletion. */
    @Test
    void anAnswerThatComesAfterTheNewsIsNotToldAsPaidUntilPaymentServiceSaysThatItStays() {
        String order = placed(user);
        PAYMENTS.closesWith(order, FakePaymentService.CLOSES_NEVER);
        UUID event = UUID.randomUUID();
        PAYMENTS.beforeAnswer(payment -> {
            deleted(event, Instant.now());
            isApplied(event);
        });

        post(user, "/api/orders/" + order + "/payments", "{\"method\":\"token\",\"token\":\"tok_visa\"}")
                .expectStatus()
                .is2xxSuccessful();

        assertThat(order(user, order).path("status").asString()).isEqualTo("payment_processing");
        assertThat(toldAsPaid(order)).isEmpty();
        closes(order, "closed");
        isCanceled(order);
        assertThat(toldAsPaid(order)).isEmpty();
    }

    @Test
    void aPaymentUnderWayAtTheDeletionEndsInACancelWhenItFails() {
        String order = placed(user);
        PAYMENTS.closesWith(order, "processing");
        UUID event = UUID.randomUUID();
        deleted(event, Instant.now());
        isApplied(event);

        becomesDue(order);
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        query("select outcome from order_timeline where order_id = '" + order + "'"))
                .contains("refused"));
        PAYMENTS.closesWith(order, "closed");

        isCanceled(order);
        assertThat(query(
                        "select id::text from order_timeline where order_id = '" + order + "' and outcome = 'refused'"))
                .as("lines of the tries between")
                .hasSize(1);
    }

    /** A wrong amount waits for a person, and payment-service says that it is under way for as long: it would be asked for ever. */
    @Test
    void aCancelIsNotAskedForOnceTheOrderCannotBePaidAnyMore() {
        String order = placed(user);
        PAYMENTS.closesWith(order, "processing");
        UUID event = UUID.randomUUID();
        deleted(event, Instant.now());
        isApplied(event);
        execute("update orders set status = 'MISMATCH' where id = '" + order + "'");

        becomesDue(order);

        await().atMost(SOON).untilAsserted(() -> assertThat(
                        query("select id::text from orders where cancel_requested_at is null and id = '" + order + "'"))
                .hasSize(1));
    }

    /** As if the sweep's rest had passed. */
    private void becomesDue(String order) {
        assertThat(query("select id::text from orders where cancel_requested_at is not null and id = '" + order + "'"))
                .hasSize(1);
        execute("update orders set cancel_requested_at = now() - interval '1 minute' where id = '" + order + "'");
    }

    private void isCanceled(String order) {
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(order(user, order).path("status").asString()).isEqualTo("canceled"));
    }

    @Test
    void anotherUsersOrdersKeepTheirs() {
        String order = ordered();
        UUID event = UUID.randomUUID();
        paymentServiceTells(
                event, DELETED, "other-" + mark, deletion(Instant.now()).replace(user, "other-" + mark));
        isApplied(event);
        assertThat(order(user, order).at("/shippingAddress/name").asString()).startsWith(name);
    }

    @Test
    void otherNewsOfPaymentsAreSkippedAndOneThatCannotBeReadHoldsNobodyUp() {
        ordered();
        UUID skipped = UUID.randomUUID();
        paymentServiceTells(skipped, "payment.succeeded", user, "{\"reference\":\"x\"}");
        UUID unreadable = UUID.randomUUID();
        paymentServiceTells(unreadable, DELETED, user, "{\"userId\":\"" + user + "\",\"deletedAt\":\"yesterday\"}");
        UUID event = UUID.randomUUID();
        deleted(event, Instant.now());
        isApplied(event);
        assertThat(DatabaseTextSearch.with(DATABASE, name, street)).isEmpty();
        assertThat(query("select event_id from inbox where event_id in ('" + skipped + "', '" + unreadable + "')"))
                .isEmpty();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(TestKafka.records(PREFIX + "payments.events.order-service.dlt"))
                        .anyMatch(record -> user.equals(record.key())));
    }
}
