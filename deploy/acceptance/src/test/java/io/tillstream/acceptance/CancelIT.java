package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An order that is canceled costs nothing. */
class CancelIT {
    private static final User CARLA = new User("carla"); // only here

    private static Answer cancel(String order) {
        return CARLA.post("/api/orders/" + order + "/cancel", "{}");
    }

    @Test
    void anOrderThatNobodyBeganToPayIsCanceledForGood() {
        String order = CARLA.orders();

        assertThat(cancel(order).expect(200).text("/status")).isEqualTo("canceled");
        assertThat(cancel(order).expect(200).text("/status")).isEqualTo("canceled");

        CARLA.pays(order, User.card("pm_card_visa")).expectProblem(409, "order-canceled");
        assertThat(CARLA.settlement(order, "0s").text("/state")).isEqualTo("canceled");
        assertThat(Simulator.intentsOf(order)).isEmpty();
    }

    @Test
    void theHostedPageOfACanceledOrderTakesNoMoney() {
        String order = CARLA.orders();
        String session = CARLA.post("/api/checkout/sessions", CheckoutIT.session(order))
                .expect(201)
                .id();

        cancel(order).expect(200);

        assertThat(Simulator.get("/v1/checkout/sessions/" + session)
                        .path("status")
                        .asString())
                .isEqualTo("expired");
        CARLA.post("/api/checkout/sessions", CheckoutIT.session(order)).expectProblem(409, "order-canceled");
    }

    @Test
    void thePageWithElementsOfACanceledOrderTakesNoMoney() {
        String order = CARLA.orders();
        String secret = CARLA.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
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
        assertThat(CARLA.status(order)).isEqualTo("canceled");
    }

    @Test
    void anOrderThatIsPaidCannotBeCanceled() {
        String order = CARLA.buys();

        cancel(order).expectProblem(409, "order-already-paid");

        assertThat(CARLA.status(order)).isEqualTo("paid");
    }

    @Test
    void whoPaysWhileTheyCancelEitherGetsTheBookOrPaysNothing() {
        for (int round = 0; round < 5; round++) {
            String order = CARLA.orders();
            String secret = CARLA.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
            String intent = Simulator.intentOf(order).path("id").asString();

            var paying = java.util.concurrent.CompletableFuture.runAsync(() -> Simulator.browser(
                    "POST",
                    "/v1/payment_intents/" + intent + "/confirm",
                    Map.of("client_secret", secret, "payment_method", "pm_card_visa")));
            cancel(order).expect(200, 409);
            paying.join();

            JsonNode atStripe = Simulator.get("/v1/payment_intents/" + intent);
            boolean paid = atStripe.path("status").asString().equals("succeeded");
            CARLA.seesSettled(order, paid ? "paid" : "canceled");
        }
    }
}
