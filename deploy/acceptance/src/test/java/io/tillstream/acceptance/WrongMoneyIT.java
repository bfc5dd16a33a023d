package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Money that is not what was owed never counts as payment. */
class WrongMoneyIT {
    private static final User WANDA = new User("wanda"); // only here

    @ParameterizedTest
    @CsvSource({"amount, 500", "currency, eur"})
    void anIntentThatSomebodyChangedAtStripeDoesNotPayTheOrder(String field, String value) {
        String order = WANDA.orders();
        String secret = WANDA.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
        String intent = Simulator.intentOf(order).path("id").asString();
        Simulator.stripe("POST", "/v1/payment_intents/" + intent, Map.of(field, value))
                .expect(200);

        Simulator.confirm(secret, "pm_card_visa");

        WANDA.seesStatus(order, "mismatch");
        WANDA.pays(order, User.card("pm_card_visa")).expect(409);
        Quiet.await();
        assertThat(Topic.read(Topic.ORDERS, order))
                .extracting(Topic.Message::type)
                .contains("io.tillstream.order.mismatch.v1")
                .doesNotContain("io.tillstream.order.paid.v1");
        assertThat(Topic.read(Topic.PAYMENTS, order))
                .extracting(Topic.Message::type)
                .doesNotContain("io.tillstream.payment.succeeded.v1");
    }

    @Test
    void aBuyerWhoTakesAnotherCardCannotPayTheFirstOneAnyMore() {
        String order = WANDA.orders();
        String secret = WANDA.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
        String first = Simulator.intentOf(order).path("id").asString();

        WANDA.pays(order, User.card("pm_card_visa")).expect(201, 202);

        Answer late = Simulator.browser(
                "POST",
                "/v1/payment_intents/" + first + "/confirm",
                Map.of("client_secret", secret, "payment_method", "pm_card_visa"));
        assertThat(late.status()).isEqualTo(400);
        WANDA.seesSettled(order, "paid");
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    @Test
    void whoPaysTwiceAtTheSameMomentIsChargedOnce() {
        for (int round = 0; round < 5; round++) {
            String order = WANDA.orders();
            String secret = WANDA.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
            String first = Simulator.intentOf(order).path("id").asString();

            var inTheBrowser = java.util.concurrent.CompletableFuture.runAsync(() -> Simulator.browser(
                    "POST",
                    "/v1/payment_intents/" + first + "/confirm",
                    Map.of("client_secret", secret, "payment_method", "pm_card_visa")));
            WANDA.pays(order, User.card("pm_card_visa")).expect(201, 202, 409);
            inTheBrowser.join();

            WANDA.seesSettled(order, "paid");
            assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
        }
    }
}
