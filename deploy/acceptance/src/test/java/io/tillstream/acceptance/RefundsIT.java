package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.BOOK_PRICE;
import static io.tillstream.acceptance.User.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Money that goes back. */
class RefundsIT {
    private static final User RITA = new User("rita"); // only here

    static Answer refund(String order, String body) {
        return OPERATOR.post("/api/orders/" + order + "/refunds", body);
    }

    static String amount(long amount) {
        return """
            {"amount": %d, "reason": "requested_by_customer"}\
            """.formatted(amount);
    }

    private static long refunded(String order) {
        return RITA.get("/api/orders/" + order)
                .expect(200)
                .json()
                .at("/refunded/amount")
                .asLong(0);
    }

    @Test
    void partOfTheMoneyGoesBackAndThenTheRest() {
        String order = RITA.buys();

        refund(order, amount(300)).expect(201);
        RITA.seesStatus(order, "partially_refunded");
        assertThat(refunded(order)).isEqualTo(300);

        refund(order, "{}").expect(201);
        RITA.seesStatus(order, "refunded");
        assertThat(refunded(order)).isEqualTo(BOOK_PRICE);
        refund(order, amount(1)).expectProblem(409, "refund-exceeds-paid");
    }

    @Test
    void moreThanWasPaidNeverGoesBack() {
        String order = RITA.buys();

        refund(order, amount(BOOK_PRICE + 1)).expectProblem(409, "refund-exceeds-paid");
        refund(RITA.orders(), amount(1)).expect(409);

        assertThat(RITA.status(order)).isEqualTo("paid");
    }

    @Test
    void ofTenRefundsOfHalfTheMoneyAtOnceTwoAreMade() {
        String order = RITA.orders("kawa-no-uta", 1);
        RITA.pays(order, User.card("pm_card_visa")).expect(201, 202);
        RITA.seesSettled(order, "paid");

        List<Answer> answers = IdempotencyIT.atOnce(10, () -> refund(order, amount(900)));

        assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(2);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 201)
                .allSatisfy(answer -> answer.expectProblem(409, "refund-exceeds-paid"));
        RITA.seesStatus(order, "refunded");
        String intent = Simulator.intentOf(order).path("id").asString();
        assertThat(Simulator.all("/v1/refunds?payment_intent=" + intent)).hasSize(2);
    }

    @Test
    void theSameRefundAskedTwiceIsOneRefund() {
        String order = RITA.buys();
        String key = User.key();
        String path = "/api/orders/" + order + "/refunds";

        Answer first = OPERATOR.post(path, amount(300), key).expect(201);
        Answer again = OPERATOR.post(path, amount(300), key).expect(201);

        assertThat(again.id()).isEqualTo(first.id());
        RITA.seesStatus(order, "partially_refunded");
        assertThat(refunded(order)).isEqualTo(300);
        OPERATOR.send("POST", path, amount(300), Map.of()).expectProblem(400, "idempotency-key-missing");
    }

    @Test
    void aRefundThatStripeAnswersLateIsMadeOnce() {
        String order = RITA.buys();
        String intent = Simulator.intentOf(order).path("id").asString();
        Simulator.plant("POST /v1/refunds", "timeout_after", 1, "payment_intent", intent);
        OPERATOR.post("/api/orders/" + order + "/refunds", "{}", User.key()).expect(201, 202, 503);

        RITA.seesStatus(order, "refunded");
        assertThat(Simulator.all("/v1/refunds?payment_intent=" + intent)).hasSize(1);
    }

    @Test
    void aRefundThatFailsLaterMovesTheOrderBackAndIsTold() {
        String order = RITA.buys();
        refund(order, "{}").expect(201);
        RITA.seesStatus(order, "refunded");
        String intent = Simulator.intentOf(order).path("id").asString();
        String refund = Simulator.all("/v1/refunds?payment_intent=" + intent)
                .get(0)
                .path("id")
                .asString();

        Simulator.control("POST", "/refunds/" + refund + "/fail", "{\"reason\": \"expired_or_canceled_card\"}")
                .expect(200);

        RITA.seesStatus(order, "paid");
        Quiet.await();
        assertThat(Topic.read(Topic.ORDERS, order))
                .extracting(Topic.Message::type)
                .contains("io.tillstream.order.refunded.v1", "io.tillstream.order.refund_failed.v1");
        assertThat(Topic.read(Topic.PAYMENTS, order))
                .extracting(Topic.Message::type)
                .contains("io.tillstream.payment.refunded.v1", "io.tillstream.payment.refund_failed.v1");
    }

    @Test
    void aRefundMadeAtStripesDashboardArrivesAlike() {
        String order = RITA.buys();
        String intent = Simulator.intentOf(order).path("id").asString();

        Simulator.stripe("POST", "/v1/refunds", Map.of("payment_intent", intent, "amount", "400"))
                .expect(200);

        RITA.seesStatus(order, "partially_refunded");
        assertThat(refunded(order)).isEqualTo(400);
        refund(order, amount(600)).expectProblem(409, "refund-exceeds-paid");
    }

    @Test
    void theEventsOfRefundsInAnyOrderAndTwiceEndTheSame() {
        Random random = Seed.random("RefundsIT");
        for (int round = 0; round < 8; round++) {
            String order = RITA.buys();
            String intent = Simulator.intentOf(order).path("id").asString();
            String charge = Simulator.get("/v1/payment_intents/" + intent)
                    .path("latest_charge")
                    .asString();
            Quiet.await();
            try (Deliveries.Held held = Deliveries.hold(RITA)) {
                assertThat(held.hold()).isNotEmpty();
                String first = Simulator.stripe(
                                "POST", "/v1/refunds", Map.of("payment_intent", intent, "amount", "400"))
                        .expect(200)
                        .id();
                String second = Simulator.stripe(
                                "POST", "/v1/refunds", Map.of("payment_intent", intent, "amount", "100"))
                        .expect(200)
                        .id();
                Simulator.control("POST", "/refunds/" + second + "/fail", "{}").expect(200);
                List<JsonNode> twice = new ArrayList<>(Simulator.eventsOf(first));
                twice.addAll(Simulator.eventsOf(second));
                twice.addAll(Simulator.eventsOf(charge));
                twice.addAll(List.copyOf(twice));
                Collections.shuffle(twice, random);
                twice.forEach(Webhook::deliverUntilTaken);
                Quiet.await();
                RITA.seesStatus(order, "partially_refunded");
                assertThat(refunded(order)).isEqualTo(400);
            }
        }
    }

    @Test
    void theHistoryOfPaymentsShowsTheRefund() {
        String order = RITA.buys();
        refund(order, amount(250)).expect(201);
        RITA.seesStatus(order, "partially_refunded");

        JsonNode payment = RITA.get("/api/payments?limit=100")
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .filter(each -> each.toString().contains(order))
                .findFirst()
                .orElseThrow();

        assertThat(payment.path("refunds")).hasSize(1);
        Answer one = RITA.get("/api/payments/" + payment.path("id").asString()).expect(200);
        assertThat(one.json().at("/refunds/0/amount").toString()).contains("250");
        User.STRANGER.get("/api/payments/" + payment.path("id").asString()).expectProblem(404, "not-found");
    }
}
