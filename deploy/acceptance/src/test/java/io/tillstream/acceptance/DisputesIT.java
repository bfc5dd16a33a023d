package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The buyer's bank asks for the money back. */
class DisputesIT {
    private static final User DIANA = new User("diana"); // only here
    private static final Duration PATIENCE = User.PATIENCE;

    private static String disputeOf(String order) {
        String intent = Simulator.intentOf(order).path("id").asString();
        List<JsonNode> disputes = Simulator.all("/v1/disputes?payment_intent=" + intent);
        assertThat(disputes).hasSize(1);
        return disputes.get(0).path("id").asString();
    }

    private static String disputedOrder() {
        String order = DIANA.orders();
        DIANA.pays(order, User.card("pm_card_createDispute")).expect(201, 202);
        DIANA.seesStatus(order, "disputed");
        return order;
    }

    private static void close(String order, boolean won) {
        Simulator.control("POST", "/disputes/" + disputeOf(order) + "/close", "{\"won\": " + won + "}")
                .expect(200);
    }

    @Test
    void whileTheBankDecidesNothingIsGivenBack() {
        String order = disputedOrder();

        RefundsIT.refund(order, "{}").expectProblem(409, "payment-disputed");

        close(order, true);
        DIANA.seesStatus(order, "paid");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(Topic.read(Topic.PAYMENTS, order))
                .as("what payments say of the dispute, who refund")
                .extracting(Topic.Message::type)
                .contains("io.tillstream.payment.dispute_closed.v1"));
        RefundsIT.refund(order, "{}").expect(201);
        DIANA.seesStatus(order, "refunded");
    }

    @Test
    void aLostDisputeIsRecordedAndTold() {
        String order = disputedOrder();

        close(order, false);

        DIANA.seesStatus(order, "dispute_lost");
        Quiet.await();
        assertThat(Topic.read(Topic.ORDERS, order))
                .extracting(Topic.Message::type)
                .contains("io.tillstream.order.disputed.v1", "io.tillstream.order.dispute_closed.v1");
        assertThat(Topic.read(Topic.PAYMENTS, order))
                .extracting(Topic.Message::type)
                .contains("io.tillstream.payment.disputed.v1", "io.tillstream.payment.dispute_closed.v1");
        assertThat(DIANA.timeline(order).toString()).contains("charge.dispute.closed");
    }

    /** Who sends goods for {@code order.paid} would send them once more. */
    @Test
    void aDisputeThatIsWonAfterItWasLostIsToldAndNotAsAnotherPayment() {
        String order = disputedOrder();
        close(order, false);
        DIANA.seesStatus(order, "dispute_lost");

        close(order, true);

        DIANA.seesStatus(order, "paid");
        Quiet.await();
        List<String> told = Topic.read(Topic.ORDERS, order).stream()
                .map(Topic.Message::type)
                .toList();
        assertThat(told).filteredOn("io.tillstream.order.paid.v1"::equals).hasSize(1);
        assertThat(told)
                .filteredOn("io.tillstream.order.dispute_closed.v1"::equals)
                .hasSize(2);
    }

    @Test
    void anInquiryMovesNoMoney() {
        String order = DIANA.orders();

        DIANA.pays(order, User.card("pm_card_createDisputeInquiry")).expect(201, 202);

        DIANA.seesSettled(order, "paid");
        String intent = Simulator.intentOf(order).path("id").asString();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(Simulator.all("/v1/disputes?payment_intent=" + intent))
                .hasSize(1));
        Quiet.await();
        assertThat(DIANA.status(order)).isEqualTo("paid");
    }

    @Test
    void anEarlyWarningOfFraudIsTold() {
        String order = DIANA.orders();

        DIANA.pays(order, User.card("pm_card_createIssuerFraudRecord")).expect(201, 202);

        DIANA.seesSettled(order, "paid");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(Topic.read(Topic.PAYMENTS, order))
                .extracting(Topic.Message::type)
                .contains("io.tillstream.payment.fraud_warning.v1"));
    }

    @Test
    void theEventsOfADisputeInAnyOrderAndTwiceEndTheSame() {
        Random random = Seed.random("DisputesIT");
        for (int round = 0; round < 8; round++) {
            boolean won = round % 2 == 0;
            String order = DIANA.buys();
            String charge = Simulator.intentOf(order).path("latest_charge").asString();
            Quiet.await();
            try (Deliveries.Held held = Deliveries.hold(DIANA)) {
                assertThat(held.hold()).isNotEmpty();
                Simulator.control("POST", "/charges/" + charge + "/dispute", "{\"reason\": \"fraudulent\"}")
                        .expect(200);
                close(order, won);
                List<JsonNode> twice = new ArrayList<>(Simulator.eventsOf(disputeOf(order)));
                twice.addAll(List.copyOf(twice));
                Collections.shuffle(twice, random);
                twice.forEach(Webhook::deliverUntilTaken);
                Quiet.await();
                DIANA.seesStatus(order, won ? "paid" : "dispute_lost");
            }
        }
    }
}
