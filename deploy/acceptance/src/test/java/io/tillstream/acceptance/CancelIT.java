package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An order that is canceled costs nothing. */
@Order(50)
class CancelIT {

    private static Answer cancel(String order) {
        return ALICE.post("/api/orders/" + order + "/cancel", "{}");
    }

    @Test
    void anOrderThatNobodyBeganToPayIsCanceledForGood() {
        String order = ALICE.orders();

        assertThat(cancel(order).expect(200).text("/status")).isEqualTo("canceled");
        assertThat(cancel(order).expect(200).text("/status")).isEqualTo("canceled");

        ALICE.pays(order, User.card("pm_card_visa")).expectProblem(409, "order-canceled");
        assertThat(ALICE.settlement(order, "0s").text("/state")).isEqualTo("canceled");
        assertThat(Simulator.intentsOf(order)).isEmpty();
    }

    @Test
    void theHostedPageOfACanceledOrderTakesNoMoney() {
        String order = ALICE.orders();
        String session = ALICE.post("/api/checkout/sessions", CheckoutIT.session(order))
                .expect(201)
                .id();

        cancel(order).expect(200);

        assertThat(Simulator.get("/v1/checkout/sessions/" + session)
                        .path("status")
                        .asString())
                .isEqualTo("expired");
        ALICE.post("/api/checkout/sessions", CheckoutIT.session(order)).expectProblem(409, "order-canceled");
    }

    @Test
    void thePageWithElementsOfACanceledOrderTakesNoMoney() {
        String order = ALICE.orders();
        String secret = ALICE.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
        String intent = Simulator.intentOf(order).path("id").asString();

        cancel(order).expect(200);

        assertThat(Simulator.get("/v1/payment_intents/" + intent).path("status").asString())
                .isEqualTo("canceled");
        Answer late = Simulator.browser(
                "POST",
                "/v1/payment_intents/" + intent + "/confirm",
                Map.of("client_secret", secret, "payment_method", "pm_card_visa"));
        assertThat(late.status()).isEqualTo(400);
        Quiet.await();
        assertThat(ALICE.status(order)).isEqualTo("canceled");
    }

    @Test
    void anOrderThatIsPaidCannotBeCanceled() {
        String order = ALICE.buys();

        cancel(order).expectProblem(409, "order-already-paid");

        assertThat(ALICE.status(order)).isEqualTo("paid");
    }

    @Test
    void whoPaysWhileTheyCancelEitherGetsTheBookOrPaysNothing() {
        for (int round = 0; round < 5; round++) {
            String order = ALICE.orders();
            String secret = ALICE.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
            String intent = Simulator.intentOf(order).path("id").asString();

            var paying = java.util.concurrent.CompletableFuture.runAsync(() -> Simulator.browser(
                    "POST",
                    "/v1/payment_intents/" + intent + "/confirm",
                    Map.of("client_secret", secret, "payment_method", "pm_card_visa")));
            cancel(order).expect(200, 409);
            paying.join();

            JsonNode atStripe = Simulator.get("/v1/payment_intents/" + intent);
            boolean paid = atStripe.path("status").asString().equals("succeeded");
            ALICE.seesSettled(order, paid ? "paid" : "canceled");
        }
    }
}
