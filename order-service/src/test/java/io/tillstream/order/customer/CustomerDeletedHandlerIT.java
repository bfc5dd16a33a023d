package io.tillstream.order.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.RunningService;
import io.tillstream.testing.DatabaseTextSearch;
import io.tillstream.testing.TestKafka;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who is deleted leaves neither name nor street behind, and what they order afterwards is new. */
class CustomerDeletedHandlerIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(40);
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
        Instant wish = Instant.now().plusSeconds(3); // what is ordered now began before it
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
        await().atMost(SOON).until(() -> Instant.now().isAfter(wish));
        ordered("Anew" + mark, street);
    }

    @Test
    void aDeletionWaitsForTheOrderThatIsBeingStored() throws Exception {
        UUID event = UUID.randomUUID();
        try (Connection storing =
                        DriverManager.getConnection("jdbc:" + DATABASE.url(), DATABASE.user(), DATABASE.password());
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
