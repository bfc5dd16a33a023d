package io.tillstream.order.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.FakePaymentService;
import io.tillstream.order.RunningService;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class CancelAndRefundIT extends RunningService {

    @Test
    void aCanceledOrderCannotBePaid() {
        String id = placed("alice");
        JsonNode canceled = json(post("alice", "/api/orders/" + id + "/cancel", "{}")
                .expectStatus()
                .isOk());
        assertThat(canceled.path("status").asString()).isEqualTo("canceled");
        post("alice", "/api/orders/" + id + "/cancel", "{}").expectStatus().isOk();
        JsonNode refused =
                json(post("alice", "/api/orders/" + id + "/payments", "{\"method\":\"token\",\"token\":\"tok_visa\"}")
                        .expectStatus()
                        .isEqualTo(409));
        assertThat(refused.path("code").asString()).isEqualTo("order-canceled");
        assertThat(PAYMENTS.askedFor(id)).isEmpty();
    }

    @Test
    void aPaidOrderCannotBeCanceled() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_visa")))
                .path("id")
                .asString();
        JsonNode refused = json(post("alice", "/api/orders/" + id + "/cancel", "{}")
                .expectStatus()
                .isEqualTo(409));
        assertThat(refused.path("code").asString()).isEqualTo("order-already-paid");
    }

    @Test
    void aCancelThatComesAfterTheMoneyFindsTheOrderPaid() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_threeDSecure")))
                .path("id")
                .asString();
        PAYMENTS.stripeSays(id, "succeeded");
        PAYMENTS.closesWith(id, "settled");
        post("alice", "/api/orders/" + id + "/cancel", "{}").expectStatus().isEqualTo(409);
        assertThat(order("alice", id).path("status").asString()).isEqualTo("paid");
    }

    /** A page was paid beside the cancel, whose answer was lost: who is told "canceled" pays once more elsewhere. */
    @Test
    void anOrderThatWasPaidBesideItsCancelIsNotToldAsCanceled() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_threeDSecure")))
                .path("id")
                .asString();
        PAYMENTS.closesWith(id, FakePaymentService.CLOSES_NEVER);
        post("alice", "/api/orders/" + id + "/cancel", "{}").expectStatus().isEqualTo(503);
        String pay = "{\"method\":\"token\",\"token\":\"tok_visa\"}";
        JsonNode undecided = json(post("alice", "/api/orders/" + id + "/payments", pay)
                .expectStatus()
                .isEqualTo(409));
        assertThat(undecided.path("code").asString()).isEqualTo("order-being-canceled");

        PAYMENTS.stripeSays(id, "succeeded");

        JsonNode paid = json(post("alice", "/api/orders/" + id + "/payments", pay)
                .expectStatus()
                .isEqualTo(409));
        assertThat(paid.path("code").asString()).isEqualTo("order-already-paid");
        assertThat(order("alice", id).path("status").asString()).isEqualTo("paid");
    }

    @Test
    void aCancelGoesOnByItselfWhenPaymentServiceWasDown() {
        String id = placed("alice");
        PAYMENTS.failWith(503);
        post("alice", "/api/orders/" + id + "/cancel", "{}").expectStatus().isEqualTo(503);
        PAYMENTS.failWith(0);
        post("alice", "/api/orders/" + id + "/payments", "{\"method\":\"token\",\"token\":\"tok_visa\"}")
                .expectStatus()
                .isEqualTo(409);
        execute("update orders set cancel_requested_at = now() - interval '1 minute' where id = '" + id + "'");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(order("alice", id).path("status").asString()).isEqualTo("canceled"));
    }

    @Test
    void checkoutOpensAPageOfStripes() {
        String id = placed("alice");
        JsonNode session = json(post("alice", "/api/checkout/sessions", """
                {"mode":"payment","orderId":"%s","uiMode":"hosted",
                 "successUrl":"http://localhost:8080/paid?session={CHECKOUT_SESSION_ID}",
                 "cancelUrl":"http://localhost:8080/cart"}""".formatted(id))
                .expectStatus()
                .isCreated());
        assertThat(session.path("id").asString()).startsWith("cs_");
        assertThat(session.path("url").asString()).startsWith("https://pay.example/");
        assertThat(PAYMENTS.askedFor(id)
                        .get(0)
                        .path("lines")
                        .get(0)
                        .path("unitAmount")
                        .asLong())
                .isEqualTo(1000);
        assertThat(order("alice", id).path("status").asString()).isEqualTo("awaiting_payment");
    }

    @Test
    void onlyOperatorsGiveMoneyBackAndNeverMoreThanIsLeft() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_visa")))
                .path("id")
                .asString();
        post("alice", "/api/orders/" + id + "/refunds", "{\"amount\":500}")
                .expectStatus()
                .isForbidden();
        JsonNode refund = json(post("operator", "/api/orders/" + id + "/refunds", """
                {"amount":500,"reason":"requested_by_customer","note":"Arrived damaged"}""")
                .expectStatus()
                .isCreated());
        assertThat(refund.path("status").asString()).isEqualTo("succeeded");
        JsonNode refused = json(post("operator", "/api/orders/" + id + "/refunds", "{\"amount\":500000}")
                .expectStatus()
                .isEqualTo(409));
        assertThat(refused.path("code").asString()).isEqualTo("refund-exceeds-paid");
        String timeline = json(as("alice")
                        .get()
                        .uri("/api/orders/" + id + "/timeline")
                        .exchange())
                .toString();
        assertThat(timeline)
                .contains("requested_by_customer", "refund-exceeds-paid")
                .doesNotContain("Arrived damaged");
    }

    /** Stripe does not give it back, and "under way" would be a lie: docs.stripe.com/currencies. Nobody pays in such parts either. */
    @ParameterizedTest
    @CsvSource({"isk, 150", "ugx, 150", "kwd, 505", "jod, 1"})
    void aPartThatTheCurrencyHasNoCoinForIsRefusedBeforePaymentServiceIsAsked(String currency, long odd) {
        String id = paid();
        execute("update orders set currency = '" + currency + "' where id = '" + id + "'");

        JsonNode refused = json(post("operator", "/api/orders/" + id + "/refunds", "{\"amount\":" + odd + "}")
                .expectStatus()
                .isEqualTo(422));

        assertThat(refused.path("code").asString()).isEqualTo("validation-failed");
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo("amount");
        assertThat(PAYMENTS.refundKeys(id)).as("asked for").isEmpty();
    }

    private String paid() {
        return json(post("alice", "/api/orders", orderPaidBy("pm_card_visa")))
                .path("id")
                .asString();
    }

    private String refundsInTimeline(String id) {
        JsonNode timeline = json(as("operator")
                .get()
                .uri("/api/orders/" + id + "/timeline")
                .exchange()
                .expectStatus()
                .isOk());
        return timeline.path("data")
                .valueStream()
                .filter(line -> line.path("what").asString().equals("refund"))
                .map(line ->
                        line.path("outcome").asString() + " " + line.path("why").asString())
                .toList()
                .toString();
    }

    /** Told that nothing was done, they would give the same money back once more. */
    @Test
    void anOperatorIsToldThatStripeGaveBackAnotherAmount() {
        String id = paid();
        PAYMENTS.refundsWith(
                500, "{\"code\":\"stripe-answer-differs\",\"detail\":\"Stripe gave back another amount.\"}");
        int questions = PAYMENTS.questions(id);

        JsonNode told = json(post("operator", "/api/orders/" + id + "/refunds", "{\"amount\":500}")
                .expectStatus()
                .isEqualTo(500));

        assertThat(told.path("code").asString()).isEqualTo("stripe-answer-differs");
        assertThat(told.path("detail").asString()).isEqualTo("Stripe gave back another amount.");
        assertThat(refundsInTimeline(id)).isEqualTo("[differs stripe-answer-differs]");
        assertThat(PAYMENTS.questions(id)).as("the order learns what went back").isGreaterThan(questions);
    }

    /** Whether money went back is not known: "nothing was done" would be a lie, and a new key a second refund. */
    @Test
    void aRefundWithoutAnAnswerIsNotToldAsNotMadeAndItsKeyFindsItAgain() {
        String id = paid();
        String key = UUID.randomUUID().toString();
        PAYMENTS.refundsWith(500, "{\"code\":\"internal-error\"}");

        JsonNode told = json(post("operator", "/api/orders/" + id + "/refunds", key, "{\"amount\":500}")
                .expectStatus()
                .isEqualTo(504));

        assertThat(told.path("code").asString()).isEqualTo("refund-outcome-unknown");
        assertThat(refundsInTimeline(id)).isEqualTo("[unknown refund-outcome-unknown]");
        PAYMENTS.refundsWith(0, "");
        JsonNode found = json(post("operator", "/api/orders/" + id + "/refunds", key, "{\"amount\":500}")
                .expectStatus()
                .isCreated());
        assertThat(found.path("status").asString()).isEqualTo("succeeded");
        assertThat(PAYMENTS.refundKeys(id)).as("one refund, asked for twice").hasSize(1);
    }

    @Test
    void aRefundThatPaymentServiceCouldNotBeginIsToldAsNotMade() {
        String id = paid();
        PAYMENTS.refundsWith(503, "{\"code\":\"unavailable\"}");
        JsonNode told = json(post("operator", "/api/orders/" + id + "/refunds", "{\"amount\":500}")
                .expectStatus()
                .isEqualTo(503));
        assertThat(told.path("code").asString()).isEqualTo("unavailable");
        assertThat(refundsInTimeline(id)).isEqualTo("[refused unavailable]");
    }

    @Test
    void operatorsFindOrdersOfAllUsers() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_visa")))
                .path("id")
                .asString();
        as("alice").get().uri("/api/admin/orders").exchange().expectStatus().isForbidden();
        JsonNode found = json(as("operator")
                .get()
                .uri("/api/admin/orders?userId=alice&status=paid")
                .exchange()
                .expectStatus()
                .isOk());
        JsonNode newest = found.path("data").get(0);
        assertThat(newest.path("id").asString()).isEqualTo(id);
        assertThat(newest.path("userId").asString()).isEqualTo("alice");
        assertThat(newest.path("stripePaymentIntentId").asString()).startsWith("pi_");
    }
}
