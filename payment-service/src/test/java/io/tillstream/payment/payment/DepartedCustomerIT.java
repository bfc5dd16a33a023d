package io.tillstream.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.payment.simulated.SimulatedStripe;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/**
 * Who is deleted has an order that is not paid, of which order-service goes on to take payments until it hears of the deletion:
 * money for goods that nobody can be sent.
 */
class DepartedCustomerIT extends SimulatedStripe {

    private static final int TRIES_OF_A_CALL = 4; // of one that Stripe refuses as there are too many

    private final String reference = "order-" + UUID.randomUUID();

    private WebTestClient.ResponseSpec pay(String order, @Nullable Instant orderedAt) {
        return sent(order, orderedAt == null ? null : orderedAt.toString());
    }

    private WebTestClient.ResponseSpec sent(String order, @Nullable String orderedAt) {
        return as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .headers(headers -> {
                    if (orderedAt != null) {
                        headers.set("Ordered-At", orderedAt);
                    }
                })
                .bodyValue("""
                        {"reference": "%s", "userId": "%s", "amount": 1999, "currency": "usd", "description": "Books",
                         "payment": {"method": "card", "paymentMethodId": "pm_card_visa"}}""".formatted(order, user))
                .exchange();
    }

    private void isRefused(WebTestClient.ResponseSpec answer) {
        JsonNode no = json(answer.expectStatus().isEqualTo(409));
        assertThat(no.path("code").asString()).isEqualTo("payable-closed");
        assertThat(texts("select id::text from payments where reference = '" + reference + "'"))
                .isEmpty();
    }

    private void isDeleted() {
        as(user).delete().uri("/api/customers/me").exchange().expectStatus().is2xxSuccessful();
    }

    private String payable() {
        return String.join(
                " ",
                texts(
                        "select case when left_at is not null then 'left' else status end from payables where reference = '"
                                + reference + "'"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasOrderedBeforeTheDeletionTakesNoMoneyAfterIt(boolean isKnownHere) {
        Instant before = Instant.now();
        if (isKnownHere) {
            pay("other-" + reference, before).expectStatus().isOk();
            isDeleted();
        } else {
            as(user).delete().uri("/api/customers/me").exchange().expectStatus().isNotFound();
        }

        isRefused(pay(reference, before));

        assertThat(customersOf(user)).as("made for nothing").isEmpty();
        assertThat(payable()).isEmpty();
    }

    @Test
    void whatIsOrderedAfterTheDeletionIsPaidAsAnyOther() {
        pay("other-" + reference, Instant.now()).expectStatus().isOk();
        isDeleted();

        JsonNode paid = json(pay(reference, Instant.now()).expectStatus().isOk());

        assertThat(paid.path("status").asString()).isEqualTo("succeeded");
    }

    /** While a release is rolled out. */
    @Test
    void anOrderServiceThatDoesNotSayWhenItWasOrderedIsServedAsBefore() {
        pay("other-" + reference, null).expectStatus().isOk();
        isDeleted();
        pay(reference, null).expectStatus().isOk();
    }

    @Test
    void aMomentThatNobodyCanReadIsRefusedAndNotLeftOut() {
        sent(reference, "yesterday").expectStatus().isBadRequest();
    }

    /** Stripe was away, and the try taken back: nothing but the payable is left of it. */
    @Test
    void anOrderWhoseOnlyTryWasTakenBackIsLeftByTheDeletionToo() {
        Instant before = Instant.now();
        pay("other-" + reference, before).expectStatus().isOk();
        for (int tries = 0; tries < TRIES_OF_A_CALL; tries++) {
            ON_THE_WAY.refuses(
                    "POST",
                    "/v1/payment_intents",
                    429,
                    "{\"error\":{\"type\":\"rate_limit_error\",\"code\":\"rate_limit\"}}");
        }
        pay(reference, before).expectStatus().isEqualTo(503);
        assertThat(payable()).isEqualTo("open");

        isDeleted();

        assertThat(payable()).isEqualTo("left");
    }

    private static void awaitsItsTurn() {
        await().atMost(WAIT)
                .until(() -> !texts("select pid::text from pg_locks where locktype = 'advisory' and not granted and"
                                + " database = (select oid from pg_database where datname = current_database())")
                        .isEmpty());
    }

    /** Else its money is neither late nor refused. */
    @Test
    void aDeletionWaitsForTheFirstPaymentThatIsBeingBegunAndLetsNoOtherFollow() throws Exception {
        Future<?> deletion;
        try (Connection begins = DATABASE.connect();
                Statement statement = begins.createStatement()) {
            begins.setAutoCommit(false);
            statement.execute(
                    "insert into payables (reference, user_id, amount, currency, status, ordered_at) values ('"
                            + reference + "', '" + user + "', 1999, 'usd', 'open', now() - interval '1 minute')");
            deletion = CompletableFuture.runAsync(() -> as(user).delete()
                    .uri("/api/customers/me")
                    .exchange()
                    .expectStatus()
                    .isNotFound());
            awaitsItsTurn();
            begins.commit();
        }
        deletion.get(WAIT.toSeconds(), TimeUnit.SECONDS);

        assertThat(payable()).isEqualTo("left");
    }

    @Test
    void aFirstPaymentWaitsForTheDeletionThatIsBeingStored() throws Exception {
        Instant before = Instant.now();
        pay("other-" + reference, before).expectStatus().isOk();
        Future<WebTestClient.ResponseSpec> payment;
        try (Connection leaves = DATABASE.connect();
                Statement statement = leaves.createStatement()) {
            departs(leaves, statement);
            payment = CompletableFuture.supplyAsync(() -> pay(reference, before));
            awaitsItsTurn();
            leaves.commit();
        }

        isRefused(payment.get(WAIT.toSeconds(), TimeUnit.SECONDS));
    }

    private void departs(Connection leaves, Statement statement) throws SQLException {
        leaves.setAutoCommit(false);
        statement.execute("select pg_advisory_xact_lock(hashtextextended('departed:" + user + "', 0))");
        statement.execute("insert into departed_customers (user_id, until) values ('" + user + "', now())");
    }
}
